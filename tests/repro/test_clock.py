"""What the moments of a play stand for, and the headline of its picture."""

from __future__ import annotations

import pytest

from harness.repro.clock import RealClock, Stretch, clock_of
from harness.repro.outcome import Outcome
from harness.repro.steps import numbered, of, wait
from harness.repro.telling.headline import short
from harness.scenario.verbs.probes.traffic import Echo
from harness.verdict.result import StepResult

STEPS = numbered([of("an echo", Echo()), *wait("idle", 10.0, 600.0), of("another", Echo())])
RESULTS = tuple(
    StepResult(text=step.text, line=step.line, at=at, seconds=seconds, ended="done")
    for step, at, seconds in zip(STEPS, (1.0, 2.0, 12.2), (1.0, 10.2, 0.4), strict=True)
)
"""The machine is late by 0.2 s."""


def test_only_a_pause_stands_for_more_than_it_takes() -> None:
    """What a login takes, or a late machine, is the same in real time."""
    clock = clock_of(STEPS, RESULTS, (), (0.0, 0.0))
    assert clock.between(1.0, 2.0) == pytest.approx(1.0)
    assert clock.between(2.0, 12.0) == pytest.approx(600.0)
    assert clock.between(12.0, 12.6) == pytest.approx(0.6)
    assert clock.between(2.0, 7.0) == pytest.approx(300.0)


@pytest.mark.parametrize(("noticed_at", "real"), [(13.5, 210.0), (10.4, 0.4)])
def test_what_keepalives_took_to_notice_is_scaled(noticed_at: float, real: float) -> None:
    """A reset is noticed at once, and that is not."""
    outcome = Outcome(request="ended", began=2.0, broke_at=10.0, noticed_at=noticed_at)
    clock = clock_of(STEPS, RESULTS, (outcome,), (3.0, 180.0))
    assert clock.between(12.0, 2.0 + noticed_at) == pytest.approx(real)


def test_nothing_counts_twice() -> None:
    """A silence that lasts for a while is also the time until it was noticed."""
    outcome = Outcome(request="ended", began=2.0, broke_at=0.0, noticed_at=4.0)
    clock = clock_of(STEPS, RESULTS, (outcome,), (3.0, 180.0))
    assert clock.between(2.0, 12.0) == pytest.approx(600.0, rel=0.01)


def test_a_clock_without_stretches_is_not_scaled() -> None:
    """Nor is one that goes as fast as the timeline."""
    assert not RealClock().is_scaled
    assert not RealClock(stretches=(Stretch(begin=1.0, end=2.0, real=1.0),)).is_scaled


@pytest.mark.parametrize(("seconds", "label"), [(4.2, "4s"), (59, "1m"), (179, "3m"), (252, "4m10s"), (7500, "2h05m")])
def test_an_axis_has_short_labels(seconds: float, label: str) -> None:
    """From a minute on ten seconds are exact enough."""
    assert short(seconds) == label
