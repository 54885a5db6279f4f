"""``tunspec list`` and ``tunspec verbs``."""

from __future__ import annotations

import inspect
import json
import sys
from collections import Counter

from rich.console import Console
from rich.table import Table
from rich.text import Text

from harness.command.selection import Selection
from harness.items import markers
from harness.scenario.language.model import SCOPES, Scenario
from harness.scenario.observations import OBSERVATIONS
from harness.scenario.verbs import VERBS
from harness.verdict.lattice import Exit


def scenarios(selection: Selection, console: Console, *, as_json: bool = False) -> int:
    """Print what the selection selects; return the exit status. Raises UsageError."""
    found = selection.preview(SCOPES)
    if as_json:
        console.out(json.dumps([_entry(one) for one in found.scenarios], indent=2, ensure_ascii=False), highlight=False)
    else:
        for scenario in found.scenarios:
            about = f"  {scenario.topology or 'no network'}, {scenario.scope}, {scenario.level}"
            console.print(Text.assemble((scenario.id, "bold"), about), highlight=False, soft_wrap=True)
            console.print(Text(f"    {scenario.title}"), highlight=False, soft_wrap=True)
        counted = Counter(one.scope for one in found.scenarios)
        of_each = ", ".join(f"{counted[scope]} {scope}" for scope in SCOPES if counted[scope])
        console.print(f"{len(found.scenarios)} scenarios{f': {of_each}' if of_each else ''}", highlight=False)
    for problem in found.problems:
        sys.stderr.write(f"invalid: {problem}\n")
    if found.problems:
        return Exit.USAGE
    return Exit.CONFORMS if found.scenarios else Exit.NOTHING_RUN


def _entry(scenario: Scenario) -> dict[str, object]:
    return {
        "id": scenario.id,
        "title": scenario.title,
        "file": str(scenario.path),
        "line": scenario.line,
        "topology": scenario.topology,
        "scope": scenario.scope,
        "level": scenario.level,
        "covers": list(scenario.spec.covers),
        "markers": sorted(markers.of(scenario)),
        "waits": scenario.takes,
    }


def verbs(console: Console, *, as_json: bool = False) -> None:
    """Print every verb and every observation with its arguments and its first lines."""
    if as_json:
        kinds: dict[str, dict[str, type]] = {"verbs": {**VERBS}, "observations": {**OBSERVATIONS}}
        told = {name: {one: _told(kind) for one, kind in some.items()} for name, some in kinds.items()}
        console.out(json.dumps(told, indent=2, ensure_ascii=False), highlight=False)
        return
    console.print(_table("verbs", {name: (kind, kind.shorthand) for name, kind in VERBS.items()}))
    console.print()
    console.print(_table("expect:", {name: (kind, None) for name, kind in OBSERVATIONS.items()}))


def _told(kind: type) -> dict[str, object]:
    return {"arguments": _arguments(kind), "about": inspect.getdoc(kind) or ""}


def _arguments(kind: type) -> dict[str, bool]:
    """Return the arguments of a verb or an observation, and whether each is required."""
    return {
        field.alias or key: field.is_required()
        for key, field in kind.model_fields.items()  # type: ignore[attr-defined]  # both kinds are models
        if key != "observation"
    }


def _table(title: str, kinds: dict[str, tuple[type, str | None]]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("name", no_wrap=True, style="bold")
    table.add_column("arguments", ratio=2)
    table.add_column("what it does", ratio=3)
    for name, (kind, shorthand) in kinds.items():
        arguments = ", ".join(
            f"{key}{'*' if required else ''}{' (alone)' if key == shorthand else ''}"
            for key, required in _arguments(kind).items()
        )
        table.add_row(name, arguments or "-", inspect.getdoc(kind) or "")
    return table
