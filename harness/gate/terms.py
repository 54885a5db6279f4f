"""``tunspec.toml``: what is judged, which failures are known, and what passed before."""

from __future__ import annotations

import fnmatch
import glob
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import Field, ValidationError

from harness.errors import UsageError
from harness.gate import toml
from harness.model import Model
from harness.scenario.language.model import Level

FILE = "tunspec.toml"

FailOn = Literal["must", "should", "may", "unsupported"]


class Waiver(Model):
    """A failure that is known: of one ``scenario``, of all cases of a file, or of what a pattern with ``*`` matches.

    ``reason`` is for whoever reads the report, ``link`` where the work on it is followed. From the day after
    ``expires`` it excuses nothing. Where ``text`` is given, it must stand in what the failure says. ``line`` is its
    place in the file.
    """

    scenario: str = Field(min_length=1)
    reason: str = Field(min_length=1)
    link: str | None = None
    expires: date | None = None
    text: str | None = None
    line: int = 0

    def matches(self, scenario: str) -> bool:
        """Tell whether it is about the scenario of this id."""
        pattern = "*".join(glob.escape(part) for part in self.scenario.split("*"))
        file = scenario.partition("[")[0] if scenario.endswith("]") else scenario
        return any(fnmatch.fnmatchcase(name, pattern) for name in (scenario, file))

    def excuses(self, failure: str) -> bool:
        """Tell whether it is about a failure that says this."""
        return self.text is None or self.text in failure

    def expired(self, today: date) -> bool:
        """Tell whether its last day is over."""
        return self.expires is not None and self.expires < today


class Terms(Model):
    """What a gate judges, and by what; paths are relative to the ``folder`` of the file.

    ``level``: only its requirements are judged. ``fail_on`` are the levels whose failures close the gate; with
    ``unsupported``, what is not supported does too.
    """

    implementation: str | None = None
    scope: str | None = None
    fabric: Literal["embedded", "docker"] = "embedded"
    sshd: str | None = None
    select: tuple[str, ...] = ()
    marker: str | None = None
    keyword: str | None = None
    level: Level | None = None
    fail_on: tuple[FailOn, ...] = ("must", "should", "may")
    baseline: Path | None = None
    waivers: Annotated[tuple[Waiver, ...], Field(max_length=1000)] = ()
    file: Path | None = None

    def place(self, path: Path) -> Path:
        """Return ``path`` as it is meant in the file."""
        return path if self.file is None else self.file.parent / path

    def overridden(self, given: Mapping[str, object]) -> Terms:
        """Return them with what is ``given`` in place of what the file says; None gives nothing.

        Paths that are given are relative to the present folder, so an implementation that is one becomes absolute.
        """
        changed = {name: value for name, value in given.items() if value is not None}
        if (name := changed.get("implementation")) and "/" in str(name) and not str(name).startswith("image:"):
            changed["implementation"] = str(Path(str(name)).absolute())
        return self.model_copy(update=changed)

    @property
    def selected(self) -> tuple[str, ...]:
        """What is selected, as the command line would name it: a file or folder is relative to the terms."""
        return tuple(str(self.place(Path(name))) if self.place(Path(name)).exists() else name for name in self.select)

    @property
    def judged(self) -> str:
        """The implementation as the command line would name it: a path in the file is relative to the file."""
        name = self.implementation or "reference"
        return str(self.place(Path(name)).absolute()) if "/" in name and not name.startswith("image:") else name


def read(file: Path) -> Terms:
    """Return what ``file`` says. Raises UsageError with the file, and the line where it is known."""
    found = toml.read(file)
    document = found.document
    _place_waivers(document, found.tables("waivers"))
    try:
        return Terms.model_validate({**document, "file": file})
    except ValidationError as error:
        raise UsageError(_explain(file, error, found)) from error


def causes(text: str) -> tuple[FailOn, ...]:
    """Return what closes the gate, from names separated by commas. Raises UsageError."""
    names = [name.strip() for name in text.split(",")]
    found = tuple(one for one in get_args(FailOn) if one in names)
    if unknown := [name for name in names if name not in found]:
        raise UsageError(f"--fail-on takes {', '.join(get_args(FailOn))}, separated by commas; not {unknown[0]!r}")
    return found


def find(given: Path | None) -> Terms:
    """Return what the file that was ``given`` says, else the one in this folder; without either, nothing."""
    if given is not None:
        return read(given)
    return read(Path(FILE)) if Path(FILE).is_file() else Terms()


def _place_waivers(document: dict[str, Any], lines: list[int]) -> None:
    waivers = document.get("waivers")
    if isinstance(waivers, list) and len(waivers) == len(lines):
        for waiver, line in zip(waivers, lines, strict=True):
            if isinstance(waiver, dict):
                waiver["line"] = line


def _explain(file: Path, error: ValidationError, found: toml.Toml) -> str:
    first = error.errors(include_url=False)[0]
    match first["loc"]:
        case ("waivers", int(), *keys):
            names = keys
        case names:
            pass
    where = f"{file}:{found.line_of(first['loc'])}"
    name = ".".join(map(str, names))
    if first["type"] == "extra_forbidden":
        known = ", ".join(sorted(set(Terms.model_fields) - {"file"} | set(Waiver.model_fields) - {"line"}))
        return f"{where}: {name!r} is not a key of this file; it has {known}"
    return f"{where}: {name}: {first['msg'][0].lower()}{first['msg'][1:]}"
