"""When an expectation is met: windows of time, and what is measured from where."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from typing import ClassVar

import pytest

from harness.errors import Failed, Inconclusive
from harness.scenario.language.observation import Observation, Reading
from harness.scenario.stage.stage import Stage
from harness.scenario.verbs.expect import Expect
from harness.units import Window

from ..standins import Clock


class Scripted(Observation):
    """Is what the function says."""

    key: ClassVar[str] = "scripted"
    says: Callable[[], Reading]

    def watch(self, stage: Stage) -> Callable[[], Reading]:
        del stage
        return self.says

    def expected(self) -> str:
        return "it to be so"


class Evidence(Scripted):
    """Is what the world does to the implementation."""

    is_evidence: ClassVar[bool] = True


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock that expectations look at."""
    made = Clock()
    monkeypatch.setattr("harness.scenario.verbs.expect.time", made)
    return made


def expect(says: Callable[[], Reading], within: Window | None = None, throughout: float | None = None) -> Expect:
    """Return the step."""
    scripted = Scripted.model_construct(says=says, within=within or Window(0, 2), throughout=throughout)
    return Expect.model_construct(observation=scripted)


def met_at(at: float | None) -> Callable[[], Reading]:
    """Return what is so, since ``at``."""
    return lambda: Reading(met=True, seen="so", at=at)


def never() -> Reading:
    """Is not so."""
    return Reading(met=False, seen="not so")


def acted(stage: Stage, now: float, began: float, done: float) -> None:
    """Let something be done from ``began`` until ``done`` seconds before ``now``."""
    stage.clock.began, stage.clock.since = now - began, now - done


def test_a_window_ends_so_long_after_what_was_done(stage: Stage, clock: Clock) -> None:
    """Not so long after the step itself began: what was done 3 s ago had all but the last of its 4 s."""
    acted(stage, clock.now, 3.5, 3)
    began = clock.now
    with pytest.raises(Failed, match=r"within 4s; observed not so after 4\.0"):
        expect(never, Window(0, 4)).run(stage)
    assert clock.now - began == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize("throughout", [None, 1.0])
def test_what_the_world_does_not_do_proves_nothing(stage: Stage, clock: Clock, throughout: float | None) -> None:
    """Neither at some moment of a window, nor throughout a span of time."""
    del clock
    evidence = Evidence.model_construct(says=never, within=Window(0, 2), throughout=throughout)
    with pytest.raises(Inconclusive, match=r"expected it to be so .*; observed not so"):
        Expect.model_construct(observation=evidence).run(stage)


@pytest.mark.parametrize(("ago", "complaint"), [(9.5, "already after 0.50 s"), (7.0, None), (5.5, "only after 4.40 s")])
def test_a_window_judges_the_moment_at_which_it_came(stage: Stage, ago: float, complaint: str | None) -> None:
    """Not the moment at which it was seen. It was done from 10 s until 9.9 s ago."""
    now = time.monotonic()
    acted(stage, now, 10, 9.9)
    step = expect(met_at(now - ago), Window(2, 4))
    if complaint is None:
        step.run(stage)
    else:
        with pytest.raises(Failed, match=complaint):
            step.run(stage)


def test_an_early_verdict_counts_from_the_beginning_of_what_was_done(stage: Stage) -> None:
    """A slow step makes nothing early: this came 2.5 s after it was begun, and 0.5 s after it was done."""
    now = time.monotonic()
    acted(stage, now, 3, 1)
    expect(met_at(now - 0.5), Window(2, 4)).run(stage)


def test_throughout_begins_now(stage: Stage, clock: Clock) -> None:
    """However long ago something was done."""
    acted(stage, clock.now, 10, 10)
    began = clock.now
    expect(met_at(None), throughout=2).run(stage)
    assert clock.now - began == pytest.approx(2, abs=0.1)


def test_throughout_ends_at_the_first_moment_at_which_it_is_not_so(stage: Stage, clock: Clock) -> None:
    """Also when it was so at first, and would be again."""
    began = clock.now
    sights = itertools.chain([True, True, False], itertools.repeat(True))
    with pytest.raises(Failed, match=r"throughout 5 s; observed blink after 0\.0"):
        expect(lambda: Reading(next(sights), "blink"), throughout=5).run(stage)
    assert clock.now - began == pytest.approx(0, abs=0.1)
