"""``tunspec matrix``: judge several implementations, one after the other, and show them side by side."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from harness.adapter import registry
from harness.command.selection import Selection
from harness.errors import HarnessBroken, UsageError
from harness.report import model
from harness.report.matrix.build import matrix_of, plain_name
from harness.report.matrix.model import Matrix
from harness.report.matrix.page import render
from harness.report.matrix.text import badge, markdown
from harness.report.matrix.view import View
from harness.scenario.language.scopes import scopes_for
from harness.verdict.lattice import Exit, Verdict
from harness.world import fabrics

_TUNSPEC = (sys.executable, "-P", "-c", "from harness.cli import main; main()")


@dataclass(frozen=True)
class MatrixRun:
    """One implementation on one fabric, by ``scopes``; its report is ``file``."""

    implementation: str
    fabric: str
    scopes: tuple[str, ...]
    file: Path

    def found(self, selection: Selection) -> model.Report | None:
        """Return the report of an earlier call, None where there is none that is whole and of the same run."""
        try:
            report = model.read(self.file)
        except UsageError:
            return None
        header, wanted = report.header, selection.as_reported()
        same = (header.implementation, header.fabric, header.scopes) == (self.implementation, self.fabric, self.scopes)
        return report if same and header.selection == wanted and report.results else None

    def make(self, selection: Selection, workers: str) -> None:
        """Judge the implementation, in a process of its own. Raises HarnessBroken where that leaves no report."""
        words = ["run", *selection.wanted, "--impl", self.implementation, "--fabric", self.fabric]
        words += ["--scope", ",".join(self.scopes), "--workers", workers, "--report", str(self.file)]
        words += ["-m", selection.marker] if selection.marker else []
        words += ["-k", selection.keyword] if selection.keyword else []
        words += ["--terms", os.devnull]  # a tunspec.toml in this folder is about another judgement
        subprocess.run([*_TUNSPEC, *words], check=False)
        if self.found(selection) is None:
            raise HarnessBroken(
                f"the run of {self.implementation} on {self.fabric} did not finish; run tunspec matrix again"
            )


def runs(implementations: Sequence[str], chosen: Sequence[str], scope: str | None, output: Path) -> list[MatrixRun]:
    """Return what is to be run, and find out first that it can be. Raises UsageError."""
    for fabric in chosen:
        fabrics.check(fabric, None)
    found: list[MatrixRun] = []
    for name in implementations:
        registry.resolve(name)
        for fabric in chosen:
            file = output / "reports" / f"{plain_name(name, fabric)}.jsonl"
            if any(one.file == file for one in found):
                raise UsageError(f"{name} has the same file name as another implementation: {file}")
            found.append(MatrixRun(name, fabric, tuple(scopes_for(scope or "core,resilience", name)), file))
    return found


def matrix(
    wanted: Sequence[MatrixRun], selection: Selection, output: Path, console: Console, *, workers: str, fresh: bool
) -> int:
    """Run what has no report yet, write everything into ``output``, and return the exit status.

    Raises UsageError for what cannot be written, and HarnessBroken for a run that leaves no report.
    """
    reports = []
    for number, one in enumerate(wanted, 1):
        title = f"{number} of {len(wanted)}: {one.implementation} on {one.fabric}"
        report = None if fresh else one.found(selection)
        if report is None:
            console.rule(title)
            one.make(selection, workers)
            report = one.found(selection)
        else:
            console.print(f"{title}: done before, {report.header.started}", highlight=False)
        reports += [report] if report else []
    made = matrix_of(reports)
    write(made, output)
    console.print(f"\n{output / 'index.html'} shows them side by side", highlight=False, soft_wrap=True)
    broken = any(cell.verdict is Verdict.ERROR for column in made.columns for cell in column.cells.values())
    return Exit.BROKEN if broken else Exit.CONFORMS


def write(made: Matrix, output: Path) -> None:
    """Write the JSON, the page, the Markdown and the badges into a folder. Raises UsageError."""
    files = {
        "matrix.json": made.model_dump_json() + "\n",
        "index.html": render(made, "SSH tunnels, side by side"),
        "matrix.md": markdown(made),
        **{f"badges/{one.column.id}.svg": badge(one) for one in View(made).summaries},
    }
    try:
        for name, text in files.items():
            (output / name).parent.mkdir(parents=True, exist_ok=True)
            (output / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{output} cannot be written: {error.strerror}; name another folder with --output") from error
