"""Which scenarios a command is about, as pytest is told of them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from _pytest.mark.expression import Expression

from harness import defects, resources
from harness.errors import InvalidScenario, UsageError
from harness.items import markers
from harness.scenario.language.model import Level, Scenario
from harness.scenario.loader import load
from harness.scenario.recognition import looks_like_scenario, scenario_files
from harness.scenario.shipped import shipped_scenarios
from harness.text.suggestions import did_you_mean

_FILE = re.compile(r"(?P<file>.+\.ya?ml)(\[(?P<case>.+)\])?")
_ID = re.compile(r"(?P<stem>[^\[]+)(\[(?P<case>.+)\])?")


@dataclass(frozen=True)
class Preview:
    """What a selection selects before anything runs, and what is wrong with its files."""

    scenarios: tuple[Scenario, ...]
    problems: tuple[str, ...]


@dataclass(frozen=True)
class Selection:
    """Ids, areas, files or folders, and pytest's expressions for markers and names, of one ``level`` or of all.

    A name that is both an area and a folder here is the area; ``./data`` is the folder.
    """

    wanted: tuple[str, ...] = ()
    marker: str | None = None
    keyword: str | None = None
    level: Level | None = None

    def arguments(self) -> list[str]:
        """Return the selection as pytest's arguments. Raises UsageError for what cannot select anything."""
        return [*self.places, *_expression("-m", self._marker), *_expression("-k", self.keyword)]

    def as_reported(self) -> tuple[str, ...]:
        """Return the selection as the header of a report tells it. Raises UsageError."""
        return (*self.places, f"-m {self._marker or ''}", f"-k {self.keyword or ''}")

    def preview(self, scopes: Sequence[str], *, realtime: bool = False) -> Preview:
        """Read the files and return what is selected of these scopes. Raises UsageError."""
        found: list[Scenario] = []
        problems: list[str] = []
        for place in self.places:
            for file in _files(place):
                try:
                    found += [one for one in load(file, realtime=realtime) if _is_at(one, place)]
                except InvalidScenario as error:
                    problems.append(str(error))
                except Exception as error:  # noqa: BLE001 -- a defect of the loader is told like one
                    problems.append(defects.tell(error))
        marked = self._marked(found)
        scenarios = [one for one in marked if one.scope in scopes and _is_named(one, self.keyword)]
        return Preview(tuple(scenarios), tuple(problems))

    @cached_property
    def places(self) -> tuple[str, ...]:
        """Pytest's arguments for what is wanted. Raises UsageError."""
        return tuple(_place(name) for name in self.wanted) or (str(resources.scenarios()),)

    @property
    def _marker(self) -> str | None:
        marker = f"({self.marker})" if self.marker and self.level else self.marker
        return " and ".join(word for word in (marker, self.level) if word) or None

    def _marked(self, scenarios: Sequence[Scenario]) -> Iterator[Scenario]:
        if not (expression := self._marker):
            yield from scenarios
            return
        _expression("-m", self.marker)
        names = {one.id: {*markers.of(one), *(["quick"] if one in _quick(scenarios) else [])} for one in scenarios}
        markers.check(expression, {name for some in names.values() for name in some} | {"quick"} | markers.areas())
        compiled = Expression.compile(expression)
        for one in scenarios:
            if compiled.evaluate(lambda name, /, one=one, **_: name in names[one.id]):
                yield one


def _quick(scenarios: Sequence[Scenario]) -> list[Scenario]:
    return [one for one in {one.path: one for one in reversed(scenarios)}.values() if markers.is_quick(one)]


def _is_named(scenario: Scenario, keyword: str | None) -> bool:
    """Tell whether pytest's ``-k`` may select a scenario: what it sees of it is its path, its name and its markers."""
    if not keyword:
        return True
    _expression("-k", keyword)
    seen = " ".join([str(scenario.path), scenario.id, *markers.of(scenario), "quick"]).lower()
    return Expression.compile(keyword).evaluate(lambda name, /, **_: name.lower() in seen)


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
    hint = did_you_mean(name, _known())
    raise UsageError(f"there is no scenario {name!r}, and no such file or folder{hint}; `tunspec list` lists them")


def _known() -> Iterable[str]:
    known = shipped_scenarios()
    return {*known, *(name.partition("[")[0] for name in known), *markers.areas()}


def _files(place: str) -> list[Path]:
    """Return the scenario files at one of pytest's arguments."""
    path = Path(place.partition("::")[0])
    return [file for file in scenario_files(path) if looks_like_scenario(file)] if path.is_dir() else [path]


def _is_at(scenario: Scenario, place: str) -> bool:
    case = place.partition("::")[2]
    return not case or scenario.id.partition("/")[2] == case


def _node(file: Path, case: str | None) -> str:
    if case is None:
        return str(file)
    names = [scenario.id.partition("/")[2] for scenario in load(file)]
    wanted = f"{file.stem}[{case}]"
    if wanted not in names:
        raise UsageError(f"{file} has no case {case!r}; it has {', '.join(names)}")
    return f"{file}::{wanted}"
