"""Observations of where an implementation goes that it should not: the decoy, the client's resolver."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from harness.adapter.profile import Endpoint, Jump, NoAuth, SocketTarget, Target
from harness.address import Address
from harness.errors import UsageError
from harness.probe.agent import AgentBehaviour
from harness.scenario.observations.outside import DecoyTouched, LocalPort, LookedUp
from harness.scenario.props.props import Props
from harness.scenario.stage.stage import Stage, Tunnel
from harness.scenario.verbs.client import Decoy

from ..standins import Profiles

HERE = Address("127.0.0.1", 60000)


@dataclass
class Resolver:
    """Was asked for these names."""

    names: list[str] = field(default_factory=list)

    def asked(self) -> tuple[str, ...]:
        return tuple(self.names)


@pytest.fixture
def props() -> Iterator[Props]:
    """What is given back after the scenario."""
    held = Props()
    yield held
    held.close()


@pytest.fixture
def resolver(stage: Stage, profiles: Profiles) -> Resolver:
    """The resolver of a stage on which a tunnel is open."""
    asked = Resolver()
    stage.profiles.logins = SimpleNamespace(props=SimpleNamespace(names=asked))  # type: ignore[misc, assignment]
    stage.tunnels["main"] = Tunnel(profiles.profile, HERE, HERE)
    return asked


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def laid(stage: Stage, props: Props) -> int:
    """Lay a decoy on the port of a target."""
    port = free_port()
    stage.profiles.logins = SimpleNamespace(props=props)  # type: ignore[misc, assignment]
    stage.world = SimpleNamespace(target_as=lambda _form: Address("127.0.0.1", port))  # type: ignore[assignment]
    Decoy().run(stage)
    return port


def test_a_decoy_is_untouched_until_someone_connects(stage: Stage, props: Props) -> None:
    """And touched ever after, also when the connection is gone."""
    port = laid(stage, props)
    look = DecoyTouched(decoy="untouched").watch(stage)
    assert look().met
    socket.create_connection(("127.0.0.1", port)).close()
    assert not look().met
    assert not look().met


def test_a_decoy_that_was_not_laid_is_a_mistake_of_the_scenario(stage: Stage, props: Props) -> None:
    """Nobody could have touched it."""
    stage.profiles.logins = SimpleNamespace(props=props)  # type: ignore[misc, assignment]
    with pytest.raises(UsageError, match="no decoy was laid"):
        DecoyTouched(decoy="untouched").watch(stage)


@pytest.mark.parametrize(
    ("names", "met"), [([], True), (["bastion.tunspec.test"], True), (["x", "target.internal"], False)]
)
def test_a_target_that_was_looked_up_was_not_left_to_the_bastion(
    stage: Stage, resolver: Resolver, names: list[str], met: bool
) -> None:
    """In whatever case its name is written; other names may be asked for."""
    look = LookedUp(looked_up="never").watch(stage)
    resolver.names += names
    assert look().met is met


@pytest.mark.parametrize(("asked", "met"), [("first.test", True), ("Middle.Test", False), ("last.test", False)])
def test_a_later_server_that_was_looked_up_was_not_left_to_the_one_before(
    stage: Stage, profiles: Profiles, resolver: Resolver, asked: str, met: bool
) -> None:
    """Only the first one is the client's to look up."""
    jumps = tuple(Jump(host=host, user="u", auth=NoAuth()) for host in ("first.test", "Middle.Test"))
    profiles.becomes(jumps=jumps, ssh=Endpoint(host="last.test", user="u"))
    stage.tunnels["main"] = Tunnel(profiles.profile, HERE, HERE)
    look = LookedUp(looked_up="never").watch(stage)
    resolver.names.append(asked.lower())
    assert look().met is met


@pytest.mark.usefixtures("resolver")
@pytest.mark.parametrize("target", [SocketTarget(path="/run/db.sock"), Target(host="10.0.0.7", port=7)])
def test_a_target_without_a_name_cannot_be_looked_up(stage: Stage, profiles: Profiles, target: Any) -> None:
    """The observation would always be met."""
    profiles.becomes(target=target)
    stage.tunnels["main"] = Tunnel(profiles.profile, HERE, HERE)
    with pytest.raises(UsageError, match="has no name"):
        LookedUp(looked_up="never").watch(stage)


@pytest.mark.parametrize(("span", "met"), [("60000..65000", True), ("1024..59999", False), ("60001..65000", False)])
def test_a_local_port_is_in_its_range(stage: Stage, profiles: Profiles, span: str, met: bool) -> None:
    """Both ends belong to it."""
    stage.tunnels["main"] = Tunnel(profiles.profile, HERE, HERE)
    assert LocalPort(local_port=span).watch(stage)().met is met


def test_a_private_host_is_one_that_nobody_else_has(props: Props) -> None:
    """It stays the same for a scenario, differs from another's, and can be listened on."""
    host = props.private_host
    assert host == props.private_host
    assert host != Props().private_host
    assert props.busy_port(host)


def test_what_was_taken_is_given_back(stage: Stage, tmp_path: Path) -> None:
    """Ports, the decoy's and the agents' sockets."""
    props = Props()
    port = laid(stage, props)
    busy = props.busy_port("127.0.0.1")
    agent = props.agent(tmp_path / "agent.sock", [], AgentBehaviour())
    props.close()
    for taken in (port, busy):
        socket.create_server(("127.0.0.1", taken)).close()
    assert not agent.exists()
