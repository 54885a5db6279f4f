"""The baseline: what passed when somebody last looked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from harness.errors import UsageError
from harness.gate import baseline
from harness.gate.baseline import Past
from harness.scenario.language.model import Scenario
from harness.scenario.shipped import shipped_scenarios
from harness.verdict.lattice import Verdict
from tests.gate.conftest import MakeReport, MakeResult

PASSED = Past(Verdict.PASS, "")


def shipped(*ids: str) -> dict[str, Scenario]:
    """Return some of the scenarios that come with tunspec."""
    return {name: shipped_scenarios()[name] for name in ids}


def test_what_is_written_is_read_again(tmp_path: Path, make_result: MakeResult, make_report: MakeReport) -> None:
    """Sorted, a line for each scenario."""
    file = tmp_path / "new" / "baseline.txt"
    results = (make_result(Verdict.PASS, "mine/own"), make_result(Verdict.FAIL, "data/echo"))
    known = shipped("data/echo")
    baseline.write(file, make_report(*results).header, results, known)
    assert list(baseline.read(file).items()) == [
        ("data/echo", Past(Verdict.FAIL, baseline.digest(known["data/echo"]))),
        ("mine/own", PASSED),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("pass data/echo\nnonsense", r"baseline.txt:2: not a line of a baseline"),
        ("pass data/echo\n\npass data/echo", r"baseline.txt:3: data/echo is listed here twice"),
        (None, r"cannot be read: No such file or directory; --write-baseline writes it"),
    ],
    ids=["no line", "twice", "absent"],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, text: str | None, message: str) -> None:
    """And what to do where there is no such file."""
    file = tmp_path / "baseline.txt"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=message):
        baseline.read(file)


@pytest.mark.parametrize("verdict", [Verdict.UNSUPPORTED, Verdict.NOT_RUN])
def test_what_passed_and_is_not_judged_any_more_is_lost(make_result: MakeResult, verdict: Verdict) -> None:
    """With the reason."""
    found = baseline.compare({"data/echo": PASSED}, [make_result(verdict, reason="no sleep")], {})
    assert found.lost == {"data/echo": f"{verdict.value}: no sleep"}


def test_what_passed_and_is_not_selected_any_more_is_lost() -> None:
    """As long as the suite has it."""
    found = baseline.compare({"data/echo": PASSED}, [], shipped("data/echo"))
    assert found.lost == {"data/echo": "it was not selected"}


def test_what_failed_before_cannot_be_lost(make_result: MakeResult) -> None:
    """Nor what fails now: that is a failure."""
    past = {"data/echo": Past(Verdict.FAIL, ""), "data/drip": PASSED}
    now = [make_result(Verdict.UNSUPPORTED), make_result(Verdict.FAIL, "data/drip")]
    assert not baseline.compare(past, now, {}).lost


def test_another_suite_says_what_is_new_changed_and_gone(make_result: MakeResult) -> None:
    """A scenario is changed when it asks for something else."""
    known = shipped("data/echo", "data/both_ways")
    past = {name: Past(Verdict.PASS, baseline.digest(scenario)) for name, scenario in known.items()}
    known["data/echo"] = replace(known["data/echo"], steps=known["data/both_ways"].steps)
    now = [make_result(Verdict.PASS, name) for name in ("data/echo", "data/both_ways", "data/client_reset")]
    found = baseline.compare({**past, "data/older": PASSED}, now, known)
    assert (found.new, found.changed, found.gone) == (("data/client_reset",), ("data/echo",), ("data/older",))
