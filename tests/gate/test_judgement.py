"""Waivers: known failures, fixed ones, and waivers that must go."""

from __future__ import annotations

from datetime import date

from harness.gate.judgement import Judgement, judge
from harness.gate.terms import FailOn, Waiver
from harness.verdict.lattice import Verdict
from harness.verdict.result import Result
from tests.gate.conftest import MakeResult

TODAY = date(2027, 1, 1)
LEVELS: tuple[FailOn, ...] = ("must", "should", "may")


def judged(*results: Result, waivers: tuple[Waiver, ...] = (), fail_on: tuple[FailOn, ...] = LEVELS) -> Judgement:
    """Judge on the first of January; data/echo and data/drip exist beside what was run."""
    return judge(results, waivers, known=["data/echo", "data/drip"], today=TODAY, fail_on=fail_on)


def waiver(scenario: str = "data/echo", **more: object) -> Waiver:
    """Waive it, in line 4."""
    return Waiver.model_validate({"scenario": scenario, "reason": "known", "line": 4, **more})


def test_a_failure_closes_the_gate(make_result: MakeResult) -> None:
    """A pass does not."""
    found = judged(make_result(Verdict.FAIL), make_result(Verdict.PASS, "data/drip"))
    assert [one.scenario for one in found.failures] == ["data/echo"]
    assert found.closed


def test_a_waived_failure_is_known(make_result: MakeResult) -> None:
    """It does not close the gate."""
    found = judged(make_result(Verdict.FAIL), waivers=(waiver(),))
    assert [one.result.scenario for one in found.known] == ["data/echo"]
    assert not found.closed


def test_a_waived_scenario_that_passes_is_fixed(make_result: MakeResult) -> None:
    """The gate is closed until the waiver goes."""
    found = judged(make_result(Verdict.PASS), waivers=(waiver(),))
    assert [one.waiver.line for one in found.fixed] == [4]
    assert found.closed


def test_a_waiver_excuses_the_failure_that_it_names_only(make_result: MakeResult) -> None:
    """By a text that must stand in the failure's reason."""
    failed = make_result(Verdict.FAIL, reason="expected an echo; observed a reset")
    assert not judged(failed, waivers=(waiver(text="a reset"),)).closed
    assert judged(failed, waivers=(waiver(text="a hang"),)).failures == (failed,)


def test_an_expired_waiver_excuses_nothing(make_result: MakeResult) -> None:
    """And is told; on its last day it still holds."""
    failed = make_result(Verdict.FAIL)
    found = judged(failed, waivers=(waiver(expires=date(2026, 12, 31)),))
    assert found.failures == (failed,)
    assert "expired on 2026-12-31" in found.complaints[0].message
    assert not judged(failed, waivers=(waiver(expires=TODAY),)).closed


def test_a_waiver_that_matches_no_scenario_must_go(make_result: MakeResult) -> None:
    """A scenario that was only not selected is one."""
    found = judged(make_result(Verdict.PASS), waivers=(waiver("data/eco"), waiver("data/drip")))
    assert [one.message for one in found.complaints] == ["the waiver of data/eco matches no scenario; remove it"]


def test_two_waivers_of_one_scenario_are_one_too_many(make_result: MakeResult) -> None:
    """Also where one of them is a pattern."""
    found = judged(make_result(Verdict.FAIL), waivers=(waiver(), waiver("data/e*")))
    assert "data/echo is waived twice, as data/echo (line 4) too" in found.complaints[0].message


def test_levels_that_do_not_close_the_gate_are_told(make_result: MakeResult) -> None:
    """A failure of such a level is tolerated."""
    should = make_result(Verdict.FAIL, level="should")
    found = judged(should, fail_on=("must",))
    assert found.tolerated == (should,)
    assert not found.closed


def test_what_is_unsupported_closes_the_gate_on_demand(make_result: MakeResult) -> None:
    """Otherwise it says nothing."""
    unsupported = make_result(Verdict.UNSUPPORTED)
    assert not judged(unsupported).closed
    assert judged(unsupported, fail_on=(*LEVELS, "unsupported")).failures == (unsupported,)
