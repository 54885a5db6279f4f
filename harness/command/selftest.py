"""``tunspec selftest``: the kill matrix, run and printed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Literal

from rich.console import Console
from rich.padding import Padding
from rich.progress import track
from rich.text import Text

from harness.command.run import workers_for
from harness.killing import Kill, faulty_tunnels, kills, never_said_no
from harness.scenario.runner import Runner
from harness.session import open_runner
from harness.verdict.lattice import Exit, Verdict
from harness.verdict.result import Result

_Cell = tuple[Kill, Result]


def list_tunnels(tunnels: tuple[str, ...], console: Console, *, as_json: bool) -> int:
    """Print faulty tunnels, their defects, and the scenarios that reject them. Raises UsageError for unknown names."""
    names = dict.fromkeys(cell.tunnel for cell in kills(tunnels))
    chosen = {name: faulty_tunnels()[name] for name in names}
    if as_json:
        told = [
            {
                "name": name,
                "defect": one.defect,
                "file": str(one.file),
                "rejected_by": {scenario: how.model_dump() for scenario, how in one.rejected_by.items()},
            }
            for name, one in chosen.items()
        ]
        console.out(json.dumps(told, indent=2, ensure_ascii=False), highlight=False)
        return Exit.CONFORMS
    for name, one in chosen.items():
        console.print(Text.assemble((name, "bold"), f"  {', '.join(one.rejected_by)}"), soft_wrap=True)
        console.print(Text(f"    {' '.join(one.defect.split())}"), soft_wrap=True)
    return Exit.CONFORMS


def print_matrix(tunnels: tuple[str, ...], fabric: str, console: Console, *, as_json: bool = False) -> int:
    """Judge faulty tunnels and print who was rejected, by which scenario, for what reason; return the status."""
    cells = kills(tunnels)
    with open_runner("reference", fabric) as runner:
        judged = list(
            track(_judged(cells, runner), "rejecting faulty tunnels", len(cells), console=console, transient=True)
        )
    if as_json:
        return _as_json(judged, () if tunnels else never_said_no(), console)
    survivors = 0
    for cell, result in sorted(judged, key=lambda one: one[0].id):
        escape = cell.survived(result)
        not_run = result.verdict is Verdict.NOT_RUN
        survivors += escape is not None and not not_run
        _print(console, cell, "not run" if not_run else "rejected" if escape is None else "survived")
        why = result.reason if not_run else escape or result.observed or result.reason
        console.print(Padding(Text(why), (0, 0, 0, 10)), highlight=False)
    silent = () if tunnels else never_said_no()
    for name in silent:
        console.print(f"[bold red]no faulty tunnel[/] is meant for {name}", highlight=False)
    console.print(
        f"faulty tunnels: {len(tunnels) or len(faulty_tunnels())}, cells: {len(cells)}, "
        f"{survivors} survived, {len(silent)} scenarios without one",
        highlight=False,
    )
    return Exit.BROKEN if survivors or silent else Exit.CONFORMS


def _as_json(judged: Iterable[_Cell], silent: tuple[str, ...], console: Console) -> int:
    told = [
        {
            "tunnel": cell.tunnel,
            "scenario": cell.scenario.id,
            "verdict": result.verdict.value,
            "reason": result.reason,
            "survived": None if result.verdict is Verdict.NOT_RUN else cell.survived(result),
        }
        for cell, result in sorted(judged, key=lambda one: one[0].id)
    ]
    console.out(json.dumps({"cells": told, "without": silent}, indent=2, ensure_ascii=False), highlight=False)
    return Exit.BROKEN if silent or any(one["survived"] for one in told) else Exit.CONFORMS


def _print(console: Console, cell: Kill, outcome: Literal["rejected", "survived", "not run"]) -> None:
    style = {"rejected": "green", "survived": "bold red", "not run": "bright_black"}[outcome]
    line = Text.assemble((f"{outcome:8}", style), f"  {cell.tunnel} by ", cell.scenario.id)
    console.print(line, highlight=False, soft_wrap=True)


def _judged(cells: tuple[Kill, ...], runner: Runner) -> Iterator[_Cell]:
    with ThreadPoolExecutor(workers_for("auto"), thread_name_prefix="kill") as threads:
        yield from threads.map(lambda cell: (cell, cell.judge(runner)), cells)
