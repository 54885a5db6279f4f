"""``tunspec merge``: one report from those of the shards."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from harness.errors import UsageError
from harness.gate.merge import IncompleteRun, merge
from harness.report import model, text


def merge_reports(files: Sequence[Path], into: Path, console: Console) -> int:
    """Write the report of the whole run to ``into`` and return its exit status.

    Raises UsageError for what cannot be written, and IncompleteRun for a run that is not whole.
    """
    reports = {}
    for file in files:
        try:
            reports[file] = model.read(file)
        except UsageError as error:
            raise IncompleteRun(str(error)) from error
    whole = merge(reports)
    try:
        model.write(into, whole)
    except OSError as error:
        raise UsageError(f"the report cannot be written to {into}: {error.strerror}") from error
    console.print(f"{whole.header.implementation} on {whole.header.fabric}, {len(reports)} shards", highlight=False)
    console.print(text.counts(whole.results))
    return whole.footer.exit_status
