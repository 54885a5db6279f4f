"""How a run's things are removed where the engine makes difficulties; needs no engine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import docker.errors
import pytest

from harness.errors import FabricBroken
from harness.world.docker.engine import client as engine

GONE = docker.errors.NotFound("no such container")


def refusal(status: int, text: str) -> docker.errors.APIError:
    """Return an answer of the engine."""
    response = SimpleNamespace(status_code=status, reason=text, url="the engine")
    return docker.errors.APIError(text, response, text)


IN_PROGRESS = refusal(409, "removal of container abc is already in progress")
BROKEN = refusal(500, "driver failed")


@dataclass
class Thing:
    """A container, network or volume: what removing it and each look at it answer."""

    removing: Exception | None = None
    looks: list[Exception | None] = field(default_factory=list)
    asked: int = 0

    def remove(self, **_how: bool) -> None:
        self.asked += 1
        if self.removing:
            raise self.removing

    def reload(self) -> None:
        if answer := self.looks.pop(0):
            raise answer


@pytest.fixture
def engine_with() -> Callable[..., Any]:
    """Makes a client of an engine that has these things."""

    def having(things: Sequence[Thing]) -> Any:
        return SimpleNamespace(list=lambda **_: things)

    def make(containers: Sequence[Thing] = (), networks: Sequence[Thing] = (), volumes: Sequence[Thing] = ()) -> Any:
        return SimpleNamespace(containers=having(containers), networks=having(networks), volumes=having(volumes))

    return make


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "_POLL", 0)


def test_a_container_that_somebody_else_removes_is_waited_for(engine_with: Callable[..., Any]) -> None:
    """Its networks can only go after it."""
    container, network = Thing(IN_PROGRESS, [None, None, GONE]), Thing()
    assert engine.remove(engine_with(containers=[container], networks=[network]), "a=b") == 1
    assert (container.looks, network.asked) == ([], 1)


def test_what_cannot_be_removed_keeps_nothing_else_from_it(engine_with: Callable[..., Any]) -> None:
    """The rest goes, and the error is told."""
    containers, networks, volumes = [Thing(BROKEN), Thing()], [Thing(BROKEN), Thing()], [Thing()]
    with pytest.raises(FabricBroken, match="driver failed"):
        engine.remove(engine_with(containers=containers, networks=networks, volumes=volumes), "a=b")
    assert [thing.asked for thing in (*containers, *networks, *volumes)] == [1] * 5


def test_a_volume_in_use_is_not_waited_for(engine_with: Callable[..., Any]) -> None:
    """Nobody removes it."""
    with pytest.raises(FabricBroken, match="in use"):
        engine.remove(engine_with(volumes=[Thing(refusal(409, "volume is in use"))]), "a=b")
