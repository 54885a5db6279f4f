"""What passes a link, noted by tcpdump(8) in the container where its packets are."""

from __future__ import annotations

import re
import threading
from collections import deque
from collections.abc import Callable
from typing import Any

from harness.errors import FabricBroken
from harness.world.docker.engine.attachment import Attachment
from harness.world.docker.engine.clocks import clocks
from harness.world.docker.engine.containers import Node
from harness.world.fabric import Passed

_MOST = 1 << 16  # pieces that are kept
_START_LIMIT = 60.0  # seconds; an engine that is busy takes long to start a program
_PAYLOAD = "ip[2:2] - ((ip[0] & 0xf) << 2) - ((tcp[12] & 0xf0) >> 2) != 0"  # pcap-filter(7)
_SEGMENT = re.compile(
    r"(?P<stamp>\d+\.\d+) .*?\bIP (?P<source>[\d.]+)\.(?P<from>\d+) > (?P<sink>[\d.]+)\.(?P<to>\d+): "
    r".*?\bseq (?P<start>\d+):(?P<end>\d+)"
)
_WRAP = 1 << 32


class SegmentReader:
    """Reads tcpdump's lines (-tt -S) of one port; bytes that TCP sends again are not told again."""

    def __init__(self, port: int) -> None:
        self._port = str(port)
        self._seen: dict[tuple[str, str], list[tuple[int, int]]] = {}
        self._first: dict[tuple[str, str], int] = {}

    def read(self, line: str, now: Callable[[], tuple[float, float]]) -> Passed | None:
        """Return what one line tells that is new; ``now`` returns the monotonic clock and the one of the lines."""
        match = _SEGMENT.match(line)
        if match is None:
            return None
        arriving = match["to"] == self._port
        client = f"{match['source']}:{match['from']}" if arriving else f"{match['sink']}:{match['to']}"
        way = (client, "server" if arriving else "client")
        start = self._relative(way, int(match["start"]))
        size = _add(self._seen.setdefault(way, []), start, start + (int(match["end"]) - int(match["start"])) % _WRAP)
        monotonic, wall = now()
        at = monotonic - (wall - float(match["stamp"]))
        return Passed(at, client, "server" if arriving else "client", size) if size else None

    def _relative(self, way: tuple[str, str], sequence: int) -> int:
        """Return the place of a byte in its stream, counted from the first that was seen (RFC 9293, section 3.4)."""
        first = self._first.setdefault(way, sequence)
        return (sequence - first + _WRAP // 2) % _WRAP - _WRAP // 2


class Capture:
    """Notes segments with payload between clients and ``port`` of ``node``, from now until :meth:`close`."""

    def __init__(self, client: Any, node: Node, port: int) -> None:  # noqa: ANN401 -- the docker SDK has no types
        self._reader = SegmentReader(port)
        self._passed: deque[Passed] = deque(maxlen=_MOST)
        self._complaints: deque[str] = deque(maxlen=5)
        self._listening = threading.Event()
        ours = f"(src port {port} and src host ($own)) or (dst port {port} and dst host ($own))"
        self._program = Attachment(client, node.container, ["sh", "-c", _script(ours)], self._hear)
        if not self._listening.wait(_START_LIMIT):
            self.close()
            raise FabricBroken(f"tcpdump does not start in {node.name}: {' / '.join(self._complaints)}")

    def passed(self) -> tuple[Passed, ...]:
        """Return what was noted so far, oldest first. Raises FabricBroken when tcpdump has ended."""
        for line in self._program.lines():
            if new := self._reader.read(line, clocks):
                self._passed.append(new)
        return tuple(self._passed)

    def close(self) -> None:
        """Stop; a second call does nothing."""
        self._program.close()

    def _hear(self, line: str) -> None:
        self._complaints.append(line)
        if line.startswith("listening on"):
            self._listening.set()


def _script(ours: str) -> str:
    """Return the script that runs tcpdump until the end of standard input.

    A relay's way onward may have the same port, but not on an address of ours.
    """
    return (
        "own=$(hostname -I | sed 's/ *$//; s/ / or /g')\n"
        "exec 3<&0; { cat <&3; kill $$; } >/dev/null 2>&1 &\n"
        f'exec tcpdump -i any -n -tt -S -l -s 128 --immediate-mode "tcp and ({ours}) and ({_PAYLOAD})"'
    )


def _add(seen: list[tuple[int, int]], start: int, end: int) -> int:
    """Add ``start`` up to ``end`` to disjoint ranges, and return how much of it is new."""
    touching = [each for each in seen if each[0] <= end and each[1] >= start]
    known = sum(min(end, to) - max(start, since) for since, to in touching)
    apart = [each for each in seen if each not in touching]
    joined = (min([start, *(since for since, _ in touching)]), max([end, *(to for _, to in touching)]))
    seen[:] = [*apart, joined]
    return end - start - known
