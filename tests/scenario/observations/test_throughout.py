"""What must hold throughout a span of time: the last look comes when it is over, and judges nothing later."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest

from harness.adapter.protocol import StateEvent, StatusOk
from harness.errors import Failed, Inconclusive
from harness.scenario.language.observation import Observation, Reading
from harness.scenario.observations.claims import Claimed
from harness.scenario.observations.outside import Connections
from harness.scenario.observations.servers import Connected
from harness.scenario.stage.stage import Stage
from harness.scenario.verbs.expect import Expect
from harness.world.fabric import ServerEvent

from ..standins import Clock

SPAN = 5.0


class LooksLate(Observation):
    """Is so at the first look; then nobody looks before the span is long over, and it is what ``later`` says."""

    key: ClassVar[str] = "looks_late"
    later: Callable[[float], Reading]
    clock: Any

    def watch(self, stage: Stage) -> Callable[[], Reading]:
        del stage
        began = self.clock.now

        def look() -> Reading:
            if self.clock.now > began:
                return self.later(began)
            self.clock.now += 3 * SPAN
            return Reading(met=True, seen="so")

        return look

    def expected(self) -> str:
        return "it to be so"


@pytest.fixture
def judge(monkeypatch: pytest.MonkeyPatch, stage: Stage) -> Callable[[Callable[[float], Reading]], None]:
    """Judges by one look at the beginning and one long after the end."""
    clock = Clock()
    monkeypatch.setattr("harness.scenario.verbs.expect.time", clock)

    def run(later: Callable[[float], Reading]) -> None:
        late = LooksLate.model_construct(later=later, clock=clock, throughout=SPAN)
        Expect.model_construct(observation=late).run(stage)

    return run


def test_what_broke_while_nobody_looked_is_seen(judge: Callable[..., None]) -> None:
    """It is looked once more when the time is over."""
    with pytest.raises(Failed, match=r"throughout 5 s; observed broken after 4\.00 s"):
        judge(lambda began: Reading(met=False, seen="broken", at=began + 4))


def test_what_broke_afterwards_does_not_count(judge: Callable[..., None], stage: Stage) -> None:
    """However late it is looked."""
    judge(lambda began: Reading(met=False, seen="broken", at=began + 6))
    assert stage.timeline.entries()[-1].text == "so throughout 5 s"


def test_what_broke_nobody_knows_when_proves_nothing(judge: Callable[..., None]) -> None:
    """It may have been within the time or after."""
    with pytest.raises(Inconclusive, match=r"observed broken after 15\.\d+ s; nobody had looked since 0\.00 s"):
        judge(lambda _began: Reading(met=False, seen="broken"))


def test_a_connection_that_closed_tells_when(stage: Stage) -> None:
    """The first of them."""
    stage.held["held"] = [SimpleNamespace(ended_at=at, close=lambda: None) for at in (None, 7.0, 6.0)]  # type: ignore[misc]
    assert Connections(connections="open").watch(stage)() == Reading(False, "2 of 3 connections closed", 6.0)


def test_a_connection_too_many_tells_when(stage: Stage) -> None:
    """The first that is one too many."""
    stage.asked_at = 0.0
    came = [ServerEvent(at, "bastion", "connected", {}) for at in (1.0, 2.0, 3.0)]
    stage.world = SimpleNamespace(events=lambda _node: came)  # type: ignore[assignment]
    assert Connected(connected=1, at="bastion").watch(stage)() == Reading(False, "3 connections to bastion", 2.0)


@pytest.mark.parametrize(
    ("states", "at"),
    [
        (("connecting", "connected", "reconnecting", "failed"), 2.0),
        (("connected", "reconnecting", "connected"), None),
        (("connecting", "failed"), None),
    ],
)
def test_a_state_that_was_left_tells_when(stage: Stage, states: tuple[Any, ...], at: float | None) -> None:
    """As far as the events tell; the status is failed."""
    told = (StateEvent(event="state", tunnel="main", state=one) for one in states)
    events = tuple((float(place), event) for place, event in enumerate(told))
    stage.adapter = SimpleNamespace(  # type: ignore[assignment]
        status=lambda _tunnel, **_: StatusOk(state="failed"), state_events=lambda _tunnel: events
    )
    assert Claimed(state="connected").watch(stage)() == Reading(False, "the state is failed", at)


@pytest.mark.parametrize(
    ("said", "message"),
    [({"throughout": "0s"}, "longer than zero"), ({"throughout": "1s", "within": "2s"}, "not both")],
)
def test_a_span_that_says_nothing_is_refused(said: dict[str, str], message: str) -> None:
    """When the file is read."""
    with pytest.raises(ValueError, match=message):
        Expect.read({"connections": "open", **said}, {})
