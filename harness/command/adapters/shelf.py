"""``tunspec adapter list`` and ``tunspec adapter install``: the adapters that ship."""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.table import Table

from harness.adapter.shelf import installing
from harness.adapter.shelf.catalogue import entries


def print_list(console: Console) -> None:
    """Print a line for each adapter."""
    table = Table("name", "library", "version", "language", "", box=box.SIMPLE_HEAD, pad_edge=False)
    for entry in entries().values():
        version = entry.version or "this machine's"
        table.add_row(entry.name, entry.library, version, entry.language, installing.state(entry))
    console.print(table)
    console.print("tunspec adapter install NAME installs one; tunspec run --impl NAME judges it", highlight=False)


def install(names: Sequence[str], console: Console) -> None:
    """Install adapters one after the other, and say what is done. Raises UsageError at the first that cannot be."""
    for entry in [installing.find(name) for name in names]:
        installing.install(entry, lambda line: console.print(line, markup=False, highlight=False, soft_wrap=True))
        console.print(f"{entry.name} is installed; try: tunspec run --impl {entry.name} data/echo", highlight=False)
