"""Reads a TOML file of the gate, and finds the lines of what stands in it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.errors import UsageError

_LARGEST = 256 << 10
_LONGEST = 4000
"""Characters of a line: keys of many parts cost the square of their number."""
_PLACE = re.compile(r" \(at line (\d+), column \d+\)")


@dataclass(frozen=True)
class Toml:
    """A ``document`` as plain values, and the ``lines`` that it stands on."""

    document: dict[str, Any]
    lines: tuple[str, ...]

    def tables(self, name: str) -> list[int]:
        """Return the lines, from 1 on, on which the tables of the array ``name`` begin."""
        header = re.compile(rf"\s*\[\[\s*{name}\s*\]\]")
        return [number for number, line in enumerate(self.lines, 1) if header.match(line)]

    def line_of(self, where: Sequence[int | str]) -> int:
        """Return the line of the key that ``where`` ends with, or of what it is in."""
        match where:
            case (str(name), int(index), *keys) if index < len(tables := self.tables(name)):
                return self._key(str(keys[0]), tables[index]) if keys else tables[index]
            case (str(name), *_):
                return self._key(name, 1)
        return 1

    def _key(self, name: str, since: int) -> int:
        key = re.compile(rf"\s*\[*\s*[\"']?{re.escape(name)}\b")
        return next(
            (number for number in range(since, len(self.lines) + 1) if key.match(self.lines[number - 1])), since
        )


def read(file: Path) -> Toml:
    """Return what stands in ``file``. Raises UsageError, which starts with the file and the line."""
    try:
        with file.open("rb") as opened:
            raw = opened.read(_LARGEST + 1)
        text = raw.decode("utf-8")
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{file}:{line}: not a TOML file: it is not UTF-8") from error
    if len(raw) > _LARGEST:
        raise UsageError(f"{file}:1: the file is too large: it may have {_LARGEST >> 10} KiB")
    lines = tuple(text.split("\n"))
    for number, text_of_line in enumerate(lines, 1):
        if len(text_of_line) > _LONGEST:
            raise UsageError(f"{file}:{number}: the line is too long: it may have {_LONGEST} characters")
    try:
        return Toml(tomllib.loads(text), lines)
    except RecursionError as error:
        raise UsageError(f"{file}:1: its brackets are nested too deeply to be read; use fewer") from error
    except tomllib.TOMLDecodeError as error:
        place = _PLACE.search(str(error))
        line = int(place[1]) if place else len(lines)
        raise UsageError(f"{file}:{line}: not a TOML file: {_PLACE.sub('', str(error))}") from error
