"""An engine on another machine, as far as that can be tried without one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from harness.errors import FabricBroken
from harness.world.docker.engine import client, elsewhere, networks
from harness.world.docker.link.toxiproxy import Toxiproxy
from harness.world.docker.plan import plan
from harness.world.topology import topologies

HERE, ELSEWHERE = "unix:///var/run/docker.sock", "tcp://192.0.2.1:2375"


class Engine:
    """Notes which networks are internal, and has a clock that is so many seconds ahead."""

    def __init__(self, ahead: float = 0.0) -> None:
        self.networks = self
        self.internal: dict[str, bool] = {}
        self._ahead = timedelta(seconds=ahead)

    def create(self, name: str, *, internal: bool, **_: Any) -> None:
        self.internal[name.rpartition("-")[2]] = internal

    def info(self) -> dict[str, str]:
        return {"SystemTime": (datetime.now(UTC) + self._ahead).isoformat().replace("+00:00", "123Z")}


@pytest.mark.parametrize(
    ("host", "open_"), [(HERE, set()), (ELSEWHERE, {"edge", "control"}), ("tcp://127.0.0.1:2375", {"edge", "control"})]
)
def test_only_what_is_reached_from_another_machine_leads_out(
    monkeypatch: pytest.MonkeyPatch, host: str, open_: set[str]
) -> None:
    """Networks between nodes are internal wherever the engine is."""
    monkeypatch.setenv("DOCKER_HOST", host)
    engine = Engine()
    networks.create(engine, plan(topologies()["two_hop"]), "world", {})
    assert {name for name, internal in engine.internal.items() if not internal} == open_
    assert {"edge", "control", "dmz", "hop", "dmz2", "inner"} == set(engine.internal)


@pytest.mark.parametrize(("ahead", "told"), [(30.0, r"\d+\.\d s ahead of"), (-30.0, r"\d+\.\d s behind")])
def test_an_engine_with_another_time_is_refused(monkeypatch: pytest.MonkeyPatch, ahead: float, told: str) -> None:
    """Its logs would be put in the wrong order."""
    monkeypatch.setenv("DOCKER_HOST", ELSEWHERE)
    with pytest.raises(FabricBroken, match=rf"the clock of the engine at {ELSEWHERE} is {told} this machine's"):
        elsewhere.check_clock(Engine(ahead))


def test_an_engine_with_the_same_time_is_welcome() -> None:
    """Its answer may have more digits than microseconds."""
    elsewhere.check_clock(Engine())


def test_containers_without_a_way_to_them_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A container that starts refuses connections; where there is no answer at all, there is no way."""
    monkeypatch.setenv("DOCKER_HOST", ELSEWHERE)

    def get(*_: object, **__: object) -> None:
        raise requests.ConnectTimeout

    monkeypatch.setattr("harness.world.docker.link.toxiproxy.APIConsumer.get", get)
    with pytest.raises(
        FabricBroken, match=rf"10\.213\.0\.2, a container of the engine at {ELSEWHERE}, cannot be reached"
    ):
        Toxiproxy("10.213.0.2", 22).await_ready(30)


def test_an_engine_over_ssh_is_refused_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """The port that is forwarded then counts as an engine elsewhere."""
    monkeypatch.setenv("DOCKER_HOST", "ssh://me@engine")
    with pytest.raises(FabricBroken, match=r"ssh -N -L 127\.0\.0\.1:2375:/var/run/docker\.sock ssh://me@engine"):
        client.connect()
