"""The pictures beside a JSON report: a folder of SVG files, one for each timeline."""

from __future__ import annotations

import re
from pathlib import Path

from harness.report.picture import picture
from harness.verdict.lattice import UNSETTLED, Verdict
from harness.verdict.result import Result

"""The verdicts whose pictures are drawn unless all are asked for."""

_UNSAFE = re.compile(r"[^A-Za-z0-9_-]+")
_LONGEST = 150


class Album:
    """The folder ``FILE-timelines`` beside the report ``file``; in it, pictures of the verdicts in ``of``."""

    def __init__(self, file: Path, of: frozenset[Verdict] = UNSETTLED) -> None:
        self.folder = file.parent / f"{file.name}-timelines"
        self._of = of
        self._names: set[str] = set()

    def __len__(self) -> int:
        return len(self._names)

    def begin(self) -> None:
        """Remove the pictures of an older report of this name. Raises OSError."""
        for old in self.folder.glob("*.svg"):
            old.unlink()

    def keep(self, result: Result) -> str | None:
        """Draw ``result`` where it is wanted; return the picture's path, relative to the report. Raises OSError."""
        if result.verdict not in self._of:
            return None
        name = self._name(result.scenario)
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_text(picture(result), encoding="utf-8")
        return f"{self.folder.name}/{name}"

    def _name(self, scenario: str) -> str:
        """Return a file name that is not taken: two folders may hold scenarios of one id."""
        stem = _UNSAFE.sub(".", scenario).strip(".")[:_LONGEST]
        number = 1
        while (name := f"{stem}-{number}.svg" if number > 1 else f"{stem}.svg") in self._names:
            number += 1
        self._names.add(name)
        return name
