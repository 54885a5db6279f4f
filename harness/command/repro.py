"""``tunspec repro``: a drop as a user reports it, played and answered."""

from __future__ import annotations

import json
import math
import shlex
import sys
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from harness.errors import UsageError
from harness.report.picture import picture
from harness.repro.as_scenario import scenario_text
from harness.repro.play import RELIED_ON, play_of
from harness.repro.report import DropReport, changed, find
from harness.repro.reproduction import reproduce
from harness.repro.telling import text
from harness.repro.telling.headline import headline, telling

_NAME = "drop"


@dataclass(frozen=True)
class Flags:
    """A report given by flags: what was said, in the form of a report's file."""

    said: dict[str, Any]

    def report(self) -> DropReport:
        """Return the report. Raises UsageError for what makes none."""
        return changed({"title": "A drop as it was told"}, self.said)


def flags_of(
    tunnel: Mapping[str, object], network: Mapping[str, object], server: Sequence[str], others: Mapping[str, object]
) -> Flags:
    """Return the flags that were given: None and False stand for those that were not. Raises UsageError.

    ``network`` are the words of ``network:`` with their arguments, True for one that needs none; ``tunnel`` and
    ``others`` are as in a report.
    """
    for one in server:
        if "=" not in one:
            raise UsageError(f"--server {one}: write KEYWORD=VALUE, such as ClientAliveInterval=30")
    said = {
        "tunnel": _given(tunnel),
        "network": {name: None if value is True else value for name, value in _given(network).items()},
        "server": dict(one.split("=", 1) for one in server),
    }
    return Flags({name: value for name, value in said.items() if value} | _given(others))


def _given(flags: Mapping[str, object]) -> dict[str, Any]:
    """Return what was said, groups of flags without those that were not given."""
    said = {name: _given(value) or None if isinstance(value, Mapping) else value for name, value in flags.items()}
    return {name: value for name, value in said.items() if value is not None and value is not False}


@dataclass(frozen=True)
class Output:
    """Where the answer goes: a file for the picture, ``<report>.svg`` by default; as ``json`` or for people.

    ``scenario``: a file for what was played, as a scenario.
    """

    picture: Path | None
    json: bool
    scenario: Path | None = None


def repro(
    wanted: str | None,
    flags: Flags,
    output: Output,
    *,
    implementation: str,
    fabric: str,
    factor: float | None,
    console: Console,
) -> int:
    """Play a report and print what became of it; return the exit status. Raises UsageError, FabricBroken."""
    if wanted is None and not flags.said:
        raise UsageError("nothing to play: name a report (`tunspec repro --list`), or say --idle and --nat-timeout ...")
    if factor is not None and not math.isfinite(factor):
        raise UsageError(f"--scale {factor}: give a number, such as 60")
    name, report = find(wanted, flags.said) if wanted is not None else (_NAME, flags.report())
    file = output.picture or Path(f"{name}.svg")
    _check_writable(file, "picture")
    if output.scenario is not None:
        _check_writable(output.scenario, "as-scenario")
    busy = console.status(f"playing {name}") if console.is_terminal and not output.json else nullcontext()
    with busy:
        again = shlex.join(["tunspec", *sys.argv[1:]])
        found = reproduce(name, report, implementation, fabric, factor, again=again)
    if output.scenario is not None:
        play = play_of(name, report, factor=factor, relied_on=RELIED_ON - set(found.unsupported))
        _write(output.scenario, scenario_text(report, play, again), "as-scenario")
    if output.json:
        document = found.model_dump(mode="json")
        told = {
            "exit": int(found.exit_status),
            "headline": headline(found),
            "opens": found.opens,
            "drops": found.drops,
            "recovers": found.recovers,
            "picture": str(file),
        }
        console.file.write(f"{json.dumps({**told, **document}, indent=2)}\n")
    else:
        text.show(found, file, console)
    _write(file, picture(found.result, telling(found)), "picture")
    return found.exit_status


def list_reports(console: Console) -> int:
    """Print the reports that come with tunspec; return the exit status."""
    text.show_list(console)
    return 0


def _check_writable(file: Path, option: str) -> None:
    """See that a file can be written, before anything is played; leave no file behind. Raises UsageError."""
    try:
        there = file.exists()
        file.open("ab").close()
        if not there:
            file.unlink()
    except (OSError, ValueError) as error:
        raise _unwritable(file, option, error) from error


def _write(file: Path, text: str, option: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise _unwritable(file, option, error) from error


def _unwritable(file: Path, option: str, error: Exception) -> UsageError:
    why = error.strerror if isinstance(error, OSError) else error
    what = "scenario" if option == "as-scenario" else option
    return UsageError(f"the {what} cannot be written to {file}: {why}; give --{option} FILE")
