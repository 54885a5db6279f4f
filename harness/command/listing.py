"""``tunspec list`` and ``tunspec verbs``."""

from __future__ import annotations

import inspect
from collections import Counter

import pytest
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from harness.command.running.suite import run_pytest
from harness.command.selection import Selection
from harness.items.item import ScenarioItem
from harness.scenario.language.model import SCOPES
from harness.scenario.observations import OBSERVATIONS
from harness.scenario.verbs import VERBS
from harness.verdict.lattice import Exit


class _Collected:
    def __init__(self) -> None:
        self.items: list[ScenarioItem] = []
        self.problems: list[str] = []

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self.items = [item for item in session.items if isinstance(item, ScenarioItem)]

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.problems.append(str(report.longrepr))


def scenarios(wanted: tuple[str, ...], marker: str | None, keyword: str | None, console: Console) -> int:
    """Print what the selection selects; return the exit status."""
    collected = _Collected()
    arguments = [*Selection(wanted, marker, keyword).arguments(), "--collect-only"]
    run_pytest([*arguments, "-p", "no:terminal"], plugins=[collected])
    for item in collected.items:
        scenario = item.scenario
        about = f"  {scenario.topology or 'no network'}, {scenario.scope}, {scenario.level}"
        console.print(Text.assemble((scenario.id, "bold"), about), highlight=False, soft_wrap=True)
        console.print(Padding(Text(scenario.title), (0, 0, 0, 4)), highlight=False)
    for problem in collected.problems:
        console.print(f"invalid: {problem}", style="red", markup=False, highlight=False, soft_wrap=True)
    counted = Counter(item.scenario.scope for item in collected.items)
    of_each = ", ".join(f"{counted[scope]} {scope}" for scope in SCOPES if counted[scope])
    console.print(f"{len(collected.items)} scenarios{f': {of_each}' if of_each else ''}", highlight=False)
    if collected.problems:
        return Exit.USAGE
    return Exit.CONFORMS if collected.items else Exit.NOTHING_RUN


def verbs(console: Console) -> None:
    """Print every verb and every observation with its arguments and its first lines."""
    console.print(_table("verbs", {name: (kind, kind.shorthand) for name, kind in VERBS.items()}))
    console.print()
    console.print(_table("expect:", {name: (kind, None) for name, kind in OBSERVATIONS.items()}))


def _table(title: str, kinds: dict[str, tuple[type, str | None]]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("name", no_wrap=True, style="bold")
    table.add_column("arguments", ratio=2)
    table.add_column("what it does", ratio=3)
    for name, (kind, shorthand) in kinds.items():
        fields = {
            field.alias or key: field
            for key, field in kind.model_fields.items()  # type: ignore[attr-defined]  # both kinds are models
            if key != "observation"
        }
        arguments = ", ".join(
            f"{key}{'*' if field.is_required() else ''}{' (alone)' if key == shorthand else ''}"
            for key, field in fields.items()
        )
        table.add_row(name, arguments or "-", inspect.getdoc(kind) or "")
    return table
