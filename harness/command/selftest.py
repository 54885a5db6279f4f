"""``tunspec selftest``: the kill matrix, run and printed."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from rich.console import Console
from rich.progress import track
from rich.table import Table
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
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_edge=False)
    for heading in ("", "faulty tunnel", "scenario", "why it was rejected"):
        table.add_column(heading, no_wrap=heading in {"", "scenario"}, ratio=1 if heading.startswith("why") else None)
    survivors = 0
    for cell, result in sorted(judged, key=lambda one: one[0].id):
        escape = cell.survived(result)
        if result.verdict is Verdict.NOT_RUN:
            table.add_row("[bright_black]not run[/]", cell.tunnel, Text(cell.scenario.id), Text(result.reason))
            continue
        survivors += escape is not None
        mark = "[green]rejected[/]" if escape is None else "[bold red]survived[/]"
        table.add_row(mark, cell.tunnel, Text(cell.scenario.id), Text(escape or result.observed or result.reason))
    console.print(table)
    silent = () if tunnels else never_said_no()
    for name in silent:
        console.print(f"[bold red]no faulty tunnel[/] is meant for {name}", highlight=False)
    console.print(
        f"{len(faulty_tunnels()) if not tunnels else len(tunnels)} faulty tunnels, {len(cells)} cells, "
        f"{survivors} survived, {len(silent)} scenarios without one",
        highlight=False,
    )
    return Exit.BROKEN if survivors or silent else Exit.CONFORMS


def _judged(cells: tuple[Kill, ...], runner: Runner) -> Iterator[_Cell]:
    with ThreadPoolExecutor(workers_for("auto"), thread_name_prefix="kill") as threads:
        yield from threads.map(lambda cell: (cell, cell.judge(runner)), cells)
