"""The exit status of a gate, and where its outcome is told."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from harness.gate.baseline import Changes
from harness.gate.judgement import judge
from harness.gate.outcome import GateOutcome
from harness.gate.telling import markdown, workflow_commands
from harness.gate.terms import Terms, Waiver
from harness.report.model import Report
from harness.verdict.lattice import Exit, Verdict
from tests.gate.conftest import MakeReport, MakeResult

LOST = Changes(lost={"data/drip": "unsupported: drip"}, new=(), changed=(), gone=())
WAIVER = Waiver(scenario="data/echo", reason="known", link="https://example.org/7", line=4)


def outcome(report: Report, *waivers: Waiver, changes: Changes | None = None) -> GateOutcome:
    """Return what comes of a report."""
    return GateOutcome(report, judge(report.results, waivers, known=(), today=date(2027, 1, 1)), changes)


@pytest.mark.parametrize(
    ("verdicts", "changes", "status"),
    [
        ((Verdict.PASS,), None, Exit.CONFORMS),
        ((Verdict.PASS, Verdict.UNSUPPORTED), None, Exit.CONFORMS),
        ((Verdict.PASS,), LOST, Exit.COVERAGE_LOST),
        ((Verdict.UNSUPPORTED, Verdict.NOT_RUN), LOST, Exit.NOTHING_RUN),
        ((Verdict.PASS, Verdict.INCONCLUSIVE), LOST, Exit.INCONCLUSIVE),
        ((Verdict.FAIL, Verdict.INCONCLUSIVE), LOST, Exit.NONCONFORMANT),
        ((Verdict.FAIL, Verdict.ERROR), None, Exit.BROKEN),
    ],
)
def test_the_gravest_cause_wins(
    make_result: MakeResult,
    make_report: MakeReport,
    verdicts: tuple[Verdict, ...],
    changes: Changes | None,
    status: Exit,
) -> None:
    """From a broken harness down to lost coverage."""
    results = (make_result(verdict, f"data/{number}") for number, verdict in enumerate(verdicts))
    assert outcome(make_report(*results), changes=changes).status is status


def test_an_invalid_scenario_is_a_mistake_whatever_else_there_is(
    make_result: MakeResult, make_report: MakeReport
) -> None:
    """Its exit status is 2."""
    report = make_report(make_result(Verdict.ERROR), invalid=("mine.yaml:1: no title",))
    assert outcome(report).status is Exit.USAGE


def test_a_gate_of_known_failures_alone_is_open(make_result: MakeResult, make_report: MakeReport) -> None:
    """They are counted apart."""
    found = outcome(make_report(make_result(Verdict.FAIL)), WAIVER)
    assert found.status is Exit.CONFORMS
    assert found.headline == "./mine on embedded, judged by core: 1 known-fail"


def test_markdown_tells_everything_and_escapes_what_implementations_said(
    make_result: MakeResult, make_report: MakeReport
) -> None:
    """A line break of theirs begins no heading, and a link of theirs is none."""
    failed = make_result(Verdict.FAIL, "data/drip", reason="[click](evil)\n# heading")
    text = markdown(outcome(make_report(failed, make_result(Verdict.FAIL)), WAIVER, changes=LOST))
    assert r"- data/drip (must): \[click\](evil) \# heading; run again: tunspec run data/drip" in text
    assert "### Known failures (1)\n\n- data/echo (line 4): known https://example.org/7" in text
    assert "### Coverage lost (1)" in text


def test_annotations_point_at_the_scenario_or_the_waiver(make_result: MakeResult, make_report: MakeReport) -> None:
    """In the format of GitHub's workflow commands."""
    results = (make_result(Verdict.FAIL, "data/drip", reason="100 %\nlost"), make_result(Verdict.PASS))
    terms = Terms(file=Path("tunspec.toml"))
    assert list(workflow_commands(outcome(make_report(*results), WAIVER), terms)) == [
        "::error file=scenarios/data/echo.yaml,line=1::data/drip: 100 %25%0Alost",
        "::error file=tunspec.toml,line=4::data/echo passes: remove its waiver (known)",
    ]
