"""``tunspec gate``: judge an implementation as its own CI does, by ``tunspec.toml``."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from harness.command import run as command
from harness.command.selection import Selection
from harness.errors import UsageError
from harness.gate import baseline, telling
from harness.gate.baseline import Past, compare
from harness.gate.judgement import Waived, judge
from harness.gate.outcome import GateOutcome
from harness.gate.terms import Terms
from harness.report import model
from harness.report.allure import marks
from harness.report.allure.categories import COVERAGE_LOST, FIXED, KNOWN_FAIL
from harness.scenario.shipped import shipped_scenarios
from harness.verdict.lattice import Exit

_JOB_SUMMARY = "GITHUB_STEP_SUMMARY"
_ON_GITHUB = "GITHUB_ACTIONS"
_FOLDER = Path(".tunspec")


@dataclass(frozen=True)
class GateOutputs:
    """Where the gate writes: a Markdown ``summary``, and the baseline where it is to be written anew."""

    run: command.Outputs
    summary: Path | None = None
    write_baseline: bool = False


def gate(
    terms: Terms,
    outputs: GateOutputs,
    console: Console,
    *,
    judged: Path | None = None,
    workers: str = "auto",
    environment: Mapping[str, str] = os.environ,
) -> int:
    """Run what the terms select, or take the report of what was ``judged``, and return the exit status.

    Raises UsageError, and FabricBroken where there is no fabric.
    """
    if outputs.write_baseline and terms.baseline is None:
        raise UsageError('--write-baseline needs a place: say `baseline = "tunspec-baseline.txt"` in tunspec.toml')
    past = None
    if terms.baseline is not None and not outputs.write_baseline:
        past = baseline.read(terms.place(terms.baseline))
    file = judged or outputs.run.report or _own_report()
    if judged is None:
        file.unlink(missing_ok=True)
        status = _run(terms, replace(outputs.run, report=file), workers)
        if not _is_whole(file):
            return status or Exit.NOTHING_RUN
    outcome = _judge(terms, model.read(file), past)
    if outputs.write_baseline and terms.baseline is not None:
        baseline.write(terms.place(terms.baseline), outcome.report.header, outcome.report.results, shipped_scenarios())
    if outputs.run.allure is not None:
        marks.put(outputs.run.allure, _marks(outcome))
    telling.tell(outcome, console)
    _write_summaries(outcome, terms, outputs.summary, environment)
    return outcome.status


def _own_report() -> Path:
    """Return the place of a report that nobody asked for, in a folder that git overlooks. Raises UsageError."""
    try:
        _FOLDER.mkdir(exist_ok=True)
        (_FOLDER / ".gitignore").write_text("*\n", encoding="utf-8")
    except OSError as error:
        raise UsageError(f"the report cannot be written to {_FOLDER}: {error.strerror}; say --report FILE") from error
    return _FOLDER / "report.jsonl"


def _is_whole(file: Path) -> bool:
    """Tell whether there is a report that came to its end, and in which anything was judged."""
    try:
        return bool(model.read(file).results)
    except UsageError:
        return False


def _run(terms: Terms, outputs: command.Outputs, workers: str) -> int:
    return command.run(
        Selection(terms.select, terms.marker, terms.keyword, terms.level),
        outputs,
        command.RunSubject(terms.judged, terms.fabric, terms.sshd, terms.scope),
        command.RunOptions(workers=workers),
        before="without waivers and baseline: ",
    )


def _judge(terms: Terms, report: model.Report, past: Mapping[str, Past] | None) -> GateOutcome:
    shipped = shipped_scenarios()
    today = datetime.now(UTC).date()
    found = judge(report.results, terms.waivers, known=shipped, today=today, fail_on=terms.fail_on)
    return GateOutcome(report, found, None if past is None else compare(past, report.results, shipped))


def _marks(outcome: GateOutcome) -> Mapping[str, marks.Mark]:
    """Return what Allure is told beside the verdicts of the run."""
    found = outcome.judgement
    lost = {} if outcome.changes is None else outcome.changes.lost
    return {
        **{name: _lost(name, why) for name, why in lost.items()},
        **{one.result.scenario: marks.Mark(FIXED, _why(one), one.waiver.link) for one in found.fixed},
        **{one.result.scenario: marks.Mark(KNOWN_FAIL, _why(one), one.waiver.link) for one in found.known},
    }


def _lost(scenario: str, why: str) -> marks.Mark:
    known = shipped_scenarios().get(scenario)
    return marks.Mark(COVERAGE_LOST, f"it passed before; {why}", title=known.title if known else "")


def _why(waived: Waived) -> str:
    until = f", until {waived.waiver.expires}" if waived.waiver.expires else ""
    return f"{waived.waiver.reason} (waived in line {waived.waiver.line} of tunspec.toml{until})"


def _write_summaries(outcome: GateOutcome, terms: Terms, summary: Path | None, environment: Mapping[str, str]) -> None:
    files = [summary] if summary else []
    if environment.get(_JOB_SUMMARY):
        files.append(Path(environment[_JOB_SUMMARY]))
    for file in files:
        try:
            telling.write(file, telling.markdown(outcome))
        except OSError as error:
            raise UsageError(f"the summary cannot be written to {file}: {error.strerror}") from error
    if environment.get(_ON_GITHUB) == "true":
        print(*telling.workflow_commands(outcome, terms), sep="\n")
