"""``tunspec report``: the page of one run, or of several side by side."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from harness.errors import UsageError
from harness.report import model
from harness.report.matrix import model as matrices
from harness.report.matrix.build import matrix_of
from harness.report.matrix.page import render


def write_page(files: Sequence[Path], into: Path, console: Console) -> None:
    """Write the page of reports, or of the JSON that ``tunspec matrix`` wrote. Raises UsageError."""
    if len(files) == 1 and files[0].suffix == ".json":
        made = matrices.read(files[0])
    else:
        made = matrix_of([model.read(file) for file in files])
    asked = [column.implementation.asked_for for column in made.columns]
    runs = f"{len(asked)} runs of " if len(asked) > len(set(asked)) else ""
    *others, last = dict.fromkeys(asked)
    names = f"{', '.join(others)} and {last}" if others else last
    try:
        into.write_text(render(made, f"tunspec: {runs}{names}"), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"the page cannot be written to {into}: {error.strerror}; say --output FILE") from error
    console.print(f"{into} holds the page; open it in a browser", highlight=False, soft_wrap=True)
