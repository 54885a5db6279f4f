"""What the gate and the comparison of reports write, and where."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from harness.command import run as command
from harness.command.gate import GateOutputs, gate
from harness.command.reports.diff import diff
from harness.gate.terms import Terms
from harness.report import model
from harness.verdict.lattice import Exit, Verdict
from tests.gate.conftest import MakeReport, MakeResult


@pytest.fixture
def reports(tmp_path: Path, make_result: MakeResult, make_report: MakeReport) -> tuple[Path, Path]:
    """A report with a pass, and a later one in which it has become a failure."""
    old, new = tmp_path / "old.jsonl", tmp_path / "new.jsonl"
    model.write(old, make_report(make_result(Verdict.PASS)))
    model.write(new, make_report(make_result(Verdict.FAIL)))
    return old, new


def test_the_summary_is_where_it_is_asked_for_and_in_github_s_job(
    tmp_path: Path, reports: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """It is added to what others wrote into the file; the annotations are on standard output."""
    asked, job = tmp_path / "summary.md", tmp_path / "job.md"
    asked.write_text("# Mine\n")
    outputs = GateOutputs(command.Outputs(), asked)
    environment = {"GITHUB_STEP_SUMMARY": str(job), "GITHUB_ACTIONS": "true"}
    terms = Terms(file=tmp_path / "tunspec.toml")
    status = gate(terms, outputs, Console(file=io.StringIO()), judged=reports[1], environment=environment)
    assert status == Exit.NONCONFORMANT
    assert asked.read_text() == f"# Mine\n{job.read_text()}"
    assert "- data/echo (must): it did not echo" in job.read_text()
    assert "::error file=scenarios/data/echo.yaml,line=1::data/echo: it did not echo" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("verdict", "status"),
    [
        (Verdict.PASS, Exit.CONFORMS),
        (Verdict.FAIL, Exit.NONCONFORMANT),
        (Verdict.INCONCLUSIVE, Exit.INCONCLUSIVE),
        (Verdict.ERROR, Exit.BROKEN),
        (Verdict.UNSUPPORTED, Exit.NOTHING_RUN),
        (Verdict.NOT_RUN, Exit.NOTHING_RUN),
    ],
)
def test_a_report_is_judged_by_its_verdicts(
    tmp_path: Path, make_result: MakeResult, make_report: MakeReport, verdict: Verdict, status: Exit
) -> None:
    """As ``--from`` does it, without a run."""
    file = tmp_path / "report.jsonl"
    model.write(file, make_report(make_result(verdict)))
    outputs = GateOutputs(command.Outputs())
    found = gate(
        Terms(file=tmp_path / "tunspec.toml"), outputs, Console(file=io.StringIO()), judged=file, environment={}
    )
    assert found == status


@pytest.mark.parametrize(
    ("style", "shown"), [("text", "New failures (1)\n  data/echo"), ("markdown", "### New failures (1)\n\n- data/echo")]
)
def test_people_read_how_two_runs_differ(reports: tuple[Path, Path], style: str, shown: str) -> None:
    """As text, or as Markdown."""
    written = io.StringIO()
    assert diff(*reports, style, Console(file=written)) == Exit.NONCONFORMANT  # type: ignore[arg-type]
    assert shown in written.getvalue()


def test_programs_read_how_two_runs_differ(reports: tuple[Path, Path]) -> None:
    """As JSON."""
    written = io.StringIO()
    diff(*reports, "json", Console(file=written))
    assert "data/echo" in json.dumps(json.loads(written.getvalue())["failing"])
