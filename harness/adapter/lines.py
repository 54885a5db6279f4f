"""Lines out of a stream of bytes that may never send one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST = 1 << 20
"""Bytes in the longest line that is read: far more than any message needs."""


class LineTooLong(Exception):
    """More than the allowed bytes came without a newline; ``beginning`` holds the first of them."""

    def __init__(self, beginning: bytes) -> None:
        super().__init__(beginning)
        self.beginning = beginning


class BoundedLines:
    """Cuts a stream into lines and never holds more than ``longest`` bytes of an unfinished one."""

    def __init__(self, longest: int = LONGEST) -> None:
        self._longest = longest
        self._rest = b""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield the lines that ``data`` completes, without their newline. Raises LineTooLong."""
        *lines, rest = data.split(b"\n")
        for line in lines:
            whole, self._rest = self._rest + line, b""
            self._check(whole)
            yield whole
        self._rest += rest
        self._check(self._rest)

    def unfinished(self) -> bytes:
        """Return what came after the last newline."""
        return self._rest

    def _check(self, line: bytes) -> None:
        if len(line) > self._longest:
            raise LineTooLong(line[:1024])


class KeptLog:
    """The end of a log, at most ``size`` bytes of it, and its lines as they come. Not safe for threads."""

    def __init__(self, size: int, longest: int = 4096) -> None:
        self._size = size
        self._longest = longest
        self._kept = b""
        self._rest = b""

    def feed(self, data: bytes) -> Iterator[str]:
        """Keep ``data``, forgetting the oldest bytes; yield the lines it completes, long ones in pieces."""
        self._kept = (self._kept + data)[-self._size :]
        *lines, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > self._longest:
            lines.append(self._rest)
            self._rest = b""
        for line in lines:
            for start in range(0, len(line), self._longest):
                yield line[start : start + self._longest].decode("utf-8", "replace")

    def text(self) -> str:
        """Return what was kept; bytes that are not UTF-8 are replaced."""
        return self._kept.decode("utf-8", "replace")
