"""The scenario's clock: the last packet may be as old as the probe before a tunnel was left idle."""

from __future__ import annotations

import pytest

from harness.scenario.language.verb import Nature
from harness.scenario.stage.clock import Clock
from harness.units import Window

from .. import standins

SLOW = 10.0


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> standins.Clock:
    """The time of the machine, which passes for who sleeps."""
    made = standins.Clock()
    monkeypatch.setattr("harness.scenario.stage.clock.time", made)
    return made


@pytest.fixture
def clock(time: standins.Clock) -> Clock:
    """The clock of a scenario that begins now."""
    return Clock(began=time.now, since=time.now)


@pytest.mark.parametrize(
    ("natures", "began"),
    [
        (("probes", "breaks"), 0),
        (("probes", "waits"), 0),
        (("probes", "waits", "breaks"), 0.5),
        (("probes", "waits", "waits", "breaks"), 1.0),
        (("probes", "breaks", "waits"), 0),
        (("probes", "probes", "breaks"), SLOW),
        (("probes", "looks", "breaks"), 2 * SLOW),
        (("probes", "acts", "waits"), 2 * SLOW),
        (("probes", "acts"), SLOW),
        (("probes", "breaks", "heals"), 2 * SLOW),
        (("breaks", "waits"), SLOW),
    ],
    ids=lambda given: "-".join(given) if isinstance(given, tuple) else "",
)
def test_the_start_of_a_window_counts_from_the_probe(
    time: standins.Clock, clock: Clock, natures: tuple[Nature, ...], began: float
) -> None:
    """And half a second later for each wait since then; each step takes 10 s on a machine that is held up."""
    start = time.now
    for nature in natures:
        turn = clock.turn()
        clock.asked_for(0.5 if nature == "waits" else 0.0)
        time.sleep(SLOW)
        clock.done(nature, turn)
    assert clock.began - start == pytest.approx(began)


def test_what_is_done_ends_when_it_has_been_done(time: standins.Clock, clock: Clock) -> None:
    """The end of a window counts from there, and a look does not move it."""
    for nature in ("acts", "looks"):
        turn = clock.turn()
        time.sleep(SLOW)
        clock.done(nature, turn)
    assert time.now - clock.since == SLOW


@pytest.mark.parametrize(
    ("at", "early", "late"), [(1.9, True, False), (2.0, False, False), (3.5, False, False), (8.1, False, True)]
)
def test_a_window_is_as_wide_as_the_doubt_about_its_beginning(
    clock: Clock, at: float, *, early: bool, late: bool
) -> None:
    """What was done between 0 and 5 s opened a window from 2 to 3 s: it is over at 8 s for sure."""
    clock.since = clock.began + 5
    window = Window(2.0, 3.0)
    moment = clock.began + at
    assert (clock.is_early(window, moment), clock.is_late(window, moment)) == (early, late)


def test_a_wait_counts_as_asked_for(time: standins.Clock, clock: Clock) -> None:
    """A report tells how much of a scenario's time was its own wish."""
    start = time.now
    clock.wait(1.5)
    assert (clock.waited, time.now - start) == (1.5, 1.5)
