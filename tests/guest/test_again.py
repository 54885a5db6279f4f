"""Judging again: what failed, several times, until it fails; and never until it passes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.command.run import Repeating, _rounds
from harness.command.running import memory
from harness.command.selection import Selection
from harness.errors import UsageError
from harness.report import model

if TYPE_CHECKING:
    from conftest import WriteScenario

ONCE = """
from harness.items import item as _items
from harness.verdict.lattice import Verdict as _Verdict
_calls = []
_judge = Named.__call__
def _only_once(self, scenario, observe=None):
    from contextlib import nullcontext
    result = _judge(self, scenario, observe or (lambda _: nullcontext()))
    _calls.append(scenario.id)
    if scenario.path.stem == "fail.once" and _calls.count(scenario.id) > 1:
        return result.model_copy(update={"verdict": _Verdict.PASS, "reason": ""})
    return result
Named.__call__ = _only_once
"""


@pytest.fixture
def suite(pytester: pytest.Pytester) -> pytest.Pytester:
    """A folder whose scenarios get the verdicts that their files are named for; ``fail.once`` fails only at first."""
    named = (Path(__file__).parents[1] / "verdict_by_name.py").read_text()
    pytester.makeconftest(named + ONCE)
    pytester.makeini("[pytest]\ntunspec_paths = .\n")
    return pytester


def run(suite: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    """Run pytest there, in this process, with a report."""
    plugins = ("-p", "no:cacheprovider", "-p", "no:hypothesispytest")
    return suite.runpytest_inprocess(*plugins, "--tunspec-report=report.jsonl", *arguments)


def test_each_is_judged_as_often_as_is_asked_for(suite: pytest.Pytester, write_scenario: WriteScenario) -> None:
    """And every result is in the report."""
    write_scenario(suite.path / "mine" / "pass.yaml")
    assert run(suite, "--tunspec-repeat=3").parseoutcomes() == {"passed": 3}
    assert len(model.read(suite.path / "report.jsonl").results) == 3


@pytest.mark.parametrize(
    ("name", "words", "alone"),
    [
        ("fail", "mine/fail: failed, and failed again alone", "fail"),
        ("fail.once", "mine/fail.once: failed, but pass alone (nothing wrong was seen)*", "pass"),
    ],
)
def test_a_failure_is_confirmed_alone_and_stays_one(
    suite: pytest.Pytester, write_scenario: WriteScenario, name: str, words: str, alone: str
) -> None:
    """Both verdicts are told, on the terminal and in the report; the worse one counts."""
    write_scenario(suite.path / "mine" / f"{name}.yaml")
    result = run(suite, "--tunspec-confirm")
    result.stdout.fnmatch_lines([words])
    assert result.ret == 1
    lines = [json.loads(line) for line in (suite.path / "report.jsonl").read_text().splitlines()]
    assert [(one["verdict"], one["alone"]["verdict"]) for one in lines if one["line"] == "confirmation"] == [
        ("fail", alone)
    ]
    assert [one.verdict for one in model.read(suite.path / "report.jsonl").results] == ["fail"]


@pytest.mark.parametrize(
    ("repeating", "rounds"),
    [
        (Repeating(), [1]),
        (Repeating(times=3), [1]),
        (Repeating(times=3, until_failure=True), [1, 2, 3]),
    ],
)
def test_rounds_go_on_only_until_something_fails(repeating: Repeating, rounds: list[int]) -> None:
    """They are bounded by --repeat; without --until-failure each scenario is repeated within one."""
    assert list(_rounds(repeating)) == rounds


def test_what_failed_last_is_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For this folder and this implementation."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    memory.keep("mine on embedded", ["data/echo"])
    assert memory.only_failed(Selection(("auth",)), "mine on embedded").wanted == ("data/echo",)
    with pytest.raises(UsageError, match="there was no run of other"):
        memory.only_failed(Selection(), "other")


def test_nothing_is_run_again_where_nothing_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would be the whole suite."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    memory.keep("mine on embedded", [])
    with pytest.raises(UsageError, match="nothing failed in the last run"):
        memory.only_failed(Selection(), "mine on embedded")
