"""``tunspec selftest``: the kill matrix, run and printed."""

from __future__ import annotations

from collections.abc import Iterator
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


def print_matrix(tunnels: tuple[str, ...], fabric: str, console: Console) -> int:
    """Judge faulty tunnels and print who was rejected, by which scenario, for what reason; return the status."""
    cells = kills(tunnels)
    with open_runner("reference", fabric) as runner:
        judged = list(
            track(_judged(cells, runner), "rejecting faulty tunnels", len(cells), console=console, transient=True)
        )
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


def _print(console: Console, cell: Kill, outcome: Literal["rejected", "survived", "not run"]) -> None:
    style = {"rejected": "green", "survived": "bold red", "not run": "bright_black"}[outcome]
    line = Text.assemble((f"{outcome:8}", style), f"  {cell.tunnel} by ", cell.scenario.id)
    console.print(line, highlight=False, soft_wrap=True)


def _judged(cells: tuple[Kill, ...], runner: Runner) -> Iterator[_Cell]:
    with ThreadPoolExecutor(workers_for("auto"), thread_name_prefix="kill") as threads:
        yield from threads.map(lambda cell: (cell, cell.judge(runner)), cells)
