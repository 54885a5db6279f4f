"""What bastions and agents saw of an implementation: each observation is met by that, and by nothing near it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from harness.scenario.observation import Observation, Sight
from harness.scenario.observations.login import Signatures
from harness.scenario.observations.servers import AliveAnswered
from harness.scenario.stage import Stage
from harness.world.fabric import EventKind, ServerEvent

SINCE = 100.0


def event(at: float, kind: EventKind, **detail: str) -> ServerEvent:
    """Return what a bastion saw ``at`` seconds after something was last done."""
    return ServerEvent(SINCE + at, "bastion", kind, detail)


def look(stage: Stage, observation: Observation, *events: ServerEvent, **world: Any) -> Sight:
    """Return what is seen of these events."""
    stage.world = SimpleNamespace(topology=stage.world.topology, events=lambda _node: events, **world)  # type: ignore[assignment]
    stage.since = stage.asked_at = SINCE
    return observation.watch(stage)()


def test_answers_to_the_bastion_s_probes_are_counted_since_something_was_done(stage: Stage) -> None:
    """The moment of the last that was needed is what a window judges."""
    observation = AliveAnswered.model_validate({"alive_answered": 2})
    before, first, second = (event(at, "alive-answered", by="global") for at in (-1, 1, 2))
    assert not look(stage, observation, before, first).met
    assert look(stage, observation, before, first, second).at == SINCE + 2


@pytest.mark.parametrize(("signed", "met"), [((), False), ((1,), True), ((-1, 1), True), ((1, 2), False)])
def test_signatures_are_counted_exactly(stage: Stage, signed: tuple[float, ...], met: bool) -> None:
    """Those of all agents, since the tunnel was asked for."""
    agents = [SimpleNamespace(signed=[SINCE + at]) for at in signed]
    stage.profiles.logins = SimpleNamespace(props=SimpleNamespace(agents=agents))  # type: ignore[misc, assignment]
    assert look(stage, Signatures.model_validate({"signatures": 1})).met is met
