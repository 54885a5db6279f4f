"""Commands about reports that exist."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from harness.cli.app import app, out


@app.command()
def diff(
    old: Annotated[Path, typer.Argument(help="A JSON report.", metavar="OLD")],
    new: Annotated[Path, typer.Argument(help="A later one.", metavar="NEW")],
    style: Annotated[
        Literal["text", "markdown", "json"], typer.Option("--format", help="The format of the output.")
    ] = "text",
) -> None:
    """Say how two runs differ: new failures, fixed, still failing, lost coverage, slower.

    Exit: 0 nothing got worse, 1 new failures, 6 lost coverage.
    """
    from harness.command.reports.diff import diff as command

    raise typer.Exit(command(old, new, style, out))


@app.command()
def merge(
    reports: Annotated[list[Path], typer.Argument(help="The JSON reports of all shards of one run.", metavar="REPORT")],
    into: Annotated[Path, typer.Option(help="Write the report of the whole run here.", metavar="FILE")],
) -> None:
    """Join the reports of shards, and exit as one run would; 4 if a shard is missing, incomplete, or of another run."""
    from harness.command.reports.merge import merge_reports

    raise typer.Exit(merge_reports(reports, into, out))


@app.command()
def report(
    files: Annotated[
        list[Path], typer.Argument(help="JSON reports of runs, or the matrix.json of a matrix.", metavar="FILE...")
    ],
    output: Annotated[Path, typer.Option(help="Write the page here.", metavar="FILE")] = Path("tunspec-report.html"),
) -> None:
    """Make a page of one run, or of several side by side."""
    from harness.command.reports.report import write_page

    write_page(files, output, out)
