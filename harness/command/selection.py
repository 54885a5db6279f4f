"""Which scenarios a command is about, as pytest is told of them."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from _pytest.mark.expression import Expression

from harness import resources
from harness.errors import InvalidScenario, UsageError
from harness.scenario.loader import load
from harness.scenario.recognition import looks_like_scenario, scenario_files

_FILE = re.compile(r"(?P<file>.+\.ya?ml)(\[(?P<case>.+)\])?")
_ID = re.compile(r"(?P<stem>[^\[]+)(\[(?P<case>.+)\])?")


@dataclass(frozen=True)
class Selection:
    """Ids, areas, files or folders, and pytest's expressions for markers and names.

    A name that is both an area and a folder here is the area; ``./data`` is the folder.
    """

    wanted: tuple[str, ...] = ()
    marker: str | None = None
    keyword: str | None = None

    def arguments(self) -> list[str]:
        """Return the selection as pytest's arguments. Raises UsageError for what cannot select anything."""
        return [*self._places(), *_expression("-m", self.marker), *_expression("-k", self.keyword)]

    def as_reported(self) -> tuple[str, ...]:
        """Return the selection as the header of a report tells it. Raises UsageError."""
        return (*self._places(), f"-m {self.marker or ''}", f"-k {self.keyword or ''}")

    def upper_bound(self) -> int | None:
        """Return how many scenarios are selected at most; None for all of them, which nobody needs to count.

        Files that cannot be read count as one: whoever collects them says what is wrong. Raises UsageError.
        """
        return sum(map(_scenarios, self._places())) if self.wanted else None

    def _places(self) -> list[str]:
        return [_place(name) for name in self.wanted] or [str(resources.scenarios())]


def _expression(option: str, text: str | None) -> list[str]:
    if not text:
        return []
    try:
        Expression.compile(text)
    except SyntaxError as error:
        raise UsageError(f"{option} {text!r} is not an expression of names, and, or, not: {error.msg}") from error
    return [option, text]


def _place(name: str) -> str:
    """Return pytest's argument for a scenario id, an area, a file, one case of a file, or a folder."""
    file, shipped = _FILE.fullmatch(name), _ID.fullmatch(name)
    if file and Path(file["file"]).is_file():
        return _node(Path(file["file"]), file["case"])
    explicit = name.startswith((".", os.sep))
    if shipped and not explicit:
        there = resources.scenarios() / shipped["stem"]
        if there.is_dir() and not shipped["case"]:
            return str(there)
        if there.with_name(f"{there.name}.yaml").is_file():
            return _node(there.with_name(f"{there.name}.yaml"), shipped["case"])
    if Path(name).is_dir():
        return name
    raise UsageError(f"there is no scenario {name!r}, and no such file or folder; `tunspec list` lists them")


def _scenarios(place: str) -> int:
    """Return how many scenarios there are at one of pytest's arguments."""
    file, _, case = place.partition("::")
    if case:
        return 1
    files = scenario_files(Path(file)) if Path(file).is_dir() else [Path(file)]
    return sum(map(_cases, files))


def _cases(file: Path) -> int:
    try:
        return len(load(file)) if looks_like_scenario(file) else 0
    except (InvalidScenario, OSError):
        return 1


def _node(file: Path, case: str | None) -> str:
    if case is None:
        return str(file)
    names = [scenario.id.partition("/")[2] for scenario in load(file)]
    wanted = f"{file.stem}[{case}]"
    if wanted not in names:
        raise UsageError(f"{file} has no case {case!r}; it has {', '.join(names)}")
    return f"{file}::{wanted}"
