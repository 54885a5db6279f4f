"""``tunspec matrix`` runs what has no report yet, and writes everything into one folder."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from harness.command import matrix as command
from harness.command.selection import Selection
from harness.errors import HarnessBroken, UsageError
from harness.report import model
from harness.verdict.lattice import Exit, Verdict
from harness.verdict.result import Judged, Result

if TYPE_CHECKING:
    from pathlib import Path

_ECHO = Selection(("data/echo",))


def _report(run: command.MatrixRun, verdict: Verdict = Verdict.PASS) -> model.Report:
    result = Result(
        scenario="data/echo",
        title="Bytes come back",
        covers=("TUN-1",),
        level="must",
        scope="core",
        topology="single_bastion",
        fabric=run.fabric,
        implementation=Judged(asked_for=run.implementation, name="mine", version="1", language="C"),
        verdict=verdict,
    )
    header = model.Header(
        tunspec="0.1.0",
        implementation=run.implementation,
        fabric=run.fabric,
        realtime=False,
        scopes=run.scopes,
        selection=_ECHO.as_reported(),
        python="3.11",
        platform="Linux",
        started="2027-01-01T00:00:00Z",
    )
    footer = model.footer([result], run.scopes, invalid=(), broken=(), seconds=1.0)
    return model.Report(header=header, results=(result,), pictures=(None,), footer=footer)


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the implementations that were run; none of them really is."""
    names: list[str] = []

    def make(run: command.MatrixRun, _selection: Selection, _workers: str) -> None:
        names.append(run.implementation)
        model.write(run.file, _report(run))

    monkeypatch.setattr(command.MatrixRun, "make", make)
    return names


def _matrix(wanted: list[command.MatrixRun], output: Path, *, fresh: bool = False) -> int:
    return command.matrix(wanted, _ECHO, output, Console(file=io.StringIO()), workers="0", fresh=fresh)


def test_each_is_run_once_and_shown(made: list[str], tmp_path: Path) -> None:
    """One after the other, in the order in which they were named."""
    assert _matrix(command.runs(["openssh", "reference"], ["embedded"], None, tmp_path), tmp_path) == Exit.CONFORMS
    assert made == ["openssh", "reference"]
    assert {"matrix.json", "index.html", "matrix.md"} <= {one.name for one in tmp_path.iterdir()}
    assert (tmp_path / "badges" / "openssh-embedded.svg").is_file()


def test_what_was_done_before_is_kept(made: list[str], tmp_path: Path) -> None:
    """A matrix that was cut off goes on; --fresh begins anew."""
    wanted = command.runs(["openssh"], ["embedded"], None, tmp_path)
    model.write(wanted[0].file, _report(wanted[0]))
    _matrix(wanted, tmp_path)
    assert made == []
    _matrix(wanted, tmp_path, fresh=True)
    assert made == ["openssh"]


@pytest.mark.parametrize("scope", ["core", "full"])
def test_a_report_of_another_scope_is_not_kept(made: list[str], tmp_path: Path, scope: str) -> None:
    """It would show as missing what was never asked for."""
    (before,) = command.runs(["openssh"], ["embedded"], scope, tmp_path)
    model.write(before.file, _report(before))
    _matrix(command.runs(["openssh"], ["embedded"], None, tmp_path), tmp_path)
    assert made == ["openssh"]


def test_a_verdict_of_error_is_the_exit_status(tmp_path: Path) -> None:
    """The other verdicts are not to be trusted either."""
    (run,) = command.runs(["openssh"], ["embedded"], None, tmp_path)
    model.write(run.file, _report(run, Verdict.ERROR))
    assert _matrix([run], tmp_path) == Exit.BROKEN


def test_a_run_that_leaves_no_report_says_how_to_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was done before it is kept."""
    monkeypatch.setattr(command, "_TUNSPEC", ("true",))
    with pytest.raises(HarnessBroken, match="run tunspec matrix again"):
        _matrix(command.runs(["openssh"], ["embedded"], None, tmp_path), tmp_path)


def test_two_of_one_file_name_are_refused(tmp_path: Path) -> None:
    """One report would take the place of the other."""
    with pytest.raises(UsageError, match="the same file name"):
        command.runs(["openssh", "openssh"], ["embedded"], None, tmp_path)


def test_an_unknown_name_is_told_before_anything_runs(made: list[str], tmp_path: Path) -> None:
    """Not after the first half hour."""
    with pytest.raises(UsageError, match="no adapter is called"):
        command.runs(["openssh", "nobody"], ["embedded"], None, tmp_path)
    assert made == []


def test_a_tunspec_toml_in_the_folder_is_not_about_a_matrix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would select other scenarios than were asked for."""
    (tmp_path / "tunspec.toml").write_text('implementation = "openssh"\nselect = ["auth/password"]\n')
    monkeypatch.chdir(tmp_path)
    echo = Selection(keyword="data and echo")
    (run,) = command.runs(["reference"], ["embedded"], "core", tmp_path)
    run.make(echo, "0")
    found = run.found(echo)
    assert found is not None
    assert "data/echo" in {one.scenario for one in found.results}
