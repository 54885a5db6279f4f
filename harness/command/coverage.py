"""``tunspec coverage``: every requirement, its scenarios and where they can run; or every statement of the page."""

from __future__ import annotations

import json
from collections.abc import Iterable

from rich.console import Console
from rich.table import Table
from rich.text import Text

from harness.scenario.demands import needs
from harness.scenario.language.model import Scenario
from harness.scenario.page import statements
from harness.scenario.requirements import catalogue
from harness.scenario.shipped import shipped_scenarios
from harness.scenario.stage import client_host
from harness.verdict.lattice import Exit
from harness.world.fabrics import FABRICS, missing
from harness.world.topology import topologies


def print_coverage(console: Console, *, as_json: bool = False) -> int:
    """Print requirement → scenarios, and what only one fabric can run; status 2 when a requirement has none."""
    scenarios = shipped_scenarios().values()
    if as_json:
        return _coverage_as_json(scenarios, console)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("requirement", no_wrap=True)
    table.add_column("scope", no_wrap=True)
    table.add_column("level", no_wrap=True)
    table.add_column("what must hold", ratio=3)
    table.add_column("scenarios", ratio=2)
    bare = 0
    for name, requirement in sorted(catalogue().items(), key=lambda item: _order(item[0])):
        covering = _files([scenario for scenario in scenarios if name in scenario.spec.covers])
        bare += not covering
        listed = Text("\n".join(covering)) if covering else Text("none", style="bold red")
        table.add_row(name, requirement.scope, requirement.level, requirement.text, listed)
    console.print(table)
    _print_limits(console, scenarios)
    items = len(scenarios)
    console.print(
        f"{len(catalogue())} requirements, {items} scenarios, {bare} requirements without one", highlight=False
    )
    return Exit.USAGE if bare else Exit.CONFORMS


def _coverage_as_json(scenarios: Iterable[Scenario], console: Console) -> int:
    told = [
        {**one.model_dump(), "scenarios": [scenario.id for scenario in scenarios if name in scenario.spec.covers]}
        for name, one in sorted(catalogue().items(), key=lambda item: _order(item[0]))
    ]
    console.out(json.dumps(told, indent=2, ensure_ascii=False), highlight=False)
    return Exit.CONFORMS if all(one["scenarios"] for one in told) else Exit.USAGE


def print_page(console: Console, *, as_json: bool = False) -> int:
    """Print what the SSH tunnelling page says, and the requirements that prove it; status 2 when one is unknown."""
    if as_json:
        console.out(
            json.dumps([one.model_dump() for one in statements()], indent=2, ensure_ascii=False), highlight=False
        )
        known = all(name in catalogue() for one in statements() for name in one.proved_by)
        return Exit.CONFORMS if known else Exit.USAGE
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("statement", no_wrap=True)
    table.add_column("what the page says", ratio=3)
    table.add_column("proved by", ratio=2)
    unknown = 0
    for statement in statements():
        missing = [name for name in statement.proved_by if name not in catalogue()]
        unknown += bool(missing)
        answer = Text(", ".join(statement.proved_by) or f"not a tunnel's: {statement.gui}")
        answer.highlight_words(missing, style="bold red")
        table.add_row(statement.id, statement.says, answer)
    console.print(table)
    proved = sum(bool(statement.proved_by) for statement in statements())
    console.print(
        f"{len(statements())} statements, {proved} proved by requirements, {len(statements()) - proved} about a "
        f"graphical interface, {unknown} with an unknown requirement",
        highlight=False,
    )
    return Exit.USAGE if unknown else Exit.CONFORMS


def _print_limits(console: Console, scenarios: Iterable[Scenario]) -> None:
    """Print what a fabric can never run, each with its reason."""
    for fabric in FABRICS:
        reasons: dict[str, list[Scenario]] = {}
        for scenario in scenarios:
            if scenario.topology is None:
                continue
            _, needed = client_host.split(needs(scenario))
            reason = missing(fabric, topologies()[scenario.topology], needed)
            if reason:
                reasons.setdefault(reason, []).append(scenario)
        if reasons:
            console.print(f"\nnever run on {fabric}:", highlight=False)
        for reason, held in reasons.items():
            console.print(f"  {reason}: {', '.join(_files(held))}", highlight=False, markup=False)
    console.print()


def _order(name: str) -> tuple[str, int]:
    group, _, number = name.partition("-")
    return group, int(number)


def _files(scenarios: list[Scenario]) -> list[str]:
    """Return the scenarios' files, each with how many cases it has where there are several."""
    counted: dict[str, int] = {}
    for scenario in scenarios:
        file = scenario.id.partition("[")[0]
        counted[file] = counted.get(file, 0) + 1
    return [f"{file} ({count})" if count > 1 else file for file, count in sorted(counted.items())]
