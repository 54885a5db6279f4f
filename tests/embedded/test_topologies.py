from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import paramiko
import pytest

from harness.address import Address
from harness.faults.model import Cut, Kill, Limit, Refuse, RotateHostKey, Stall
from harness.world.embedded.world import EmbeddedWorld
from harness.world.topology import topologies

Started = tuple[EmbeddedWorld, Any]


@pytest.fixture(scope="module")
def worlds(fabric: Any, run: Any) -> Iterator[Callable[[str], EmbeddedWorld]]:
    """Give what builds each topology once."""
    built: dict[str, EmbeddedWorld] = {}

    def build(name: str) -> EmbeddedWorld:
        if name not in built:
            built[name] = fabric.build(topologies()[name], run.folder, print)
        return built[name]

    yield build
    for world in built.values():
        world.close()


@pytest.fixture
def start(worlds: Any, user_of: Any, timeline: Any, setup: Any) -> Iterator[Callable[..., Started]]:
    """Give what begins a topology for this test, every server with the same setup, and a client of it.

    What else it is given differs from that setup.
    """
    with ExitStack() as cleanup:

        def begin(name: str, **differences: Any) -> Started:
            world = worlds(name)
            world.begin(timeline, dict.fromkeys(world.topology.servers, replace(setup, **differences)))
            cleanup.callback(world.end)
            return world, user_of(world, cleanup)

        yield begin


def echoes(channel: paramiko.Channel) -> bool:
    """Tell whether the target echoes through ``channel``."""
    channel.sendall(b"ECHO\nabc")
    return bytes(channel.recv(3)) == b"abc"


def shown(transport: paramiko.Transport) -> str:
    """Return the host key that a client was shown."""
    key = transport.get_remote_server_key()
    return f"{key.get_name()} {key.get_base64()}"


@pytest.mark.parametrize("name", sorted(topologies()))
def test_every_topology_leads_to_its_target(start: Any, name: str) -> None:
    """The bastions of the route are passed in order, each by the address that the world names."""
    world, user = start(name)
    transport = user.login()
    for bastion in world.topology.bastions[1:]:
        transport = user.login(user.channel(transport, *world.address(bastion)))
    assert echoes(user.channel(transport, *world.address(world.topology.target)))


def test_an_inner_bastion_has_a_name_and_its_own_port(start: Any) -> None:
    """What the bastion before it dials is what the compose file says."""
    world, _ = start("two_hop")
    assert world.address("bastion2") == Address("bastion2.internal", 2222)


def test_only_the_last_bastion_reaches_the_target(start: Any) -> None:
    """The first of two knows neither the target's name nor its address, and is not where it listens."""
    world, user = start("two_hop")
    transport = user.login()
    for place in (world.address("target"), world.target_as("address"), world.target_as("localhost")):
        with pytest.raises(paramiko.ChannelException):
            user.channel(transport, *place)


def test_a_stall_before_the_second_bastion_leaves_the_first_alone(start: Any) -> None:
    """The inner session is silent while the outer one answers."""
    world, user = start("two_hop", keepalives="success")
    outer = user.login()
    inner = user.login(user.channel(outer, *world.address("bastion2")))
    channel = user.channel(inner, *world.address("target"))
    assert echoes(channel)
    world.inject(Stall("to-bastion2"))
    channel.sendall(b"d")
    channel.settimeout(0.2)
    with pytest.raises(TimeoutError):
        channel.recv(1)
    assert outer.global_request("keepalive@openssh.com", wait=True) is not None
    assert (world.sessions("bastion1"), world.sessions("bastion2")) == (1, 1)


def test_what_is_dialled_through_a_stalled_link_gets_no_answer(start: Any) -> None:
    """The first bastion cannot connect to the second, as behind a firewall, until the link passes something again."""
    world, user = start("two_hop")
    outer = user.login()
    fault = world.inject(Stall("to-bastion2"))
    with pytest.raises(paramiko.SSHException, match="Timeout opening channel"):
        outer.open_channel("direct-tcpip", world.address("bastion2"), ("127.0.0.1", 0), timeout=0.3)
    assert fault.evidence().proven
    assert fault.evidence().summary.endswith("; channel opens without an answer: 1")
    fault.heal()
    assert user.login(user.channel(outer, *world.address("bastion2"))).is_authenticated()


def test_a_changed_key_on_the_second_hop_is_only_there(start: Any) -> None:
    """The first bastion shows what it did, the second one a new key."""
    world, user = start("two_hop")
    first, second = (world.setup(node).host_keys for node in ("bastion1", "bastion2"))
    assert world.inject(RotateHostKey("bastion2")).evidence().proven
    outer = user.login()
    inner = user.login(user.channel(outer, *world.address("bastion2")))
    assert shown(outer) in {key.public for key in first}
    assert shown(inner) in {key.public for key in world.setup("bastion2").host_keys} - {key.public for key in second}


@pytest.mark.parametrize("form", ["localhost", "address"])
def test_the_target_can_be_named_otherwise(start: Any, form: str) -> None:
    """It listens on the last bastion's localhost, and its address leads to it from there."""
    world, user = start("rotated_host_keys")
    place = world.target_as(form)
    assert place.port == 7000
    assert place.host == "localhost" or place.host.count(".") == 3
    assert echoes(user.channel(user.login(), *place))


def test_two_bastions_behind_one_address_have_their_own_ports_and_keys(start: Any) -> None:
    """The client reaches both at the same host, and each leads to the target."""
    world, user = start("rotated_host_keys")
    route, beside = world.address("rotated"), world.address("neighbour")
    assert (route.host, route.port != beside.port) == (beside.host, True)
    transports = [user.login(user.dial(f"to-{node}")) for node in ("rotated", "neighbour")]
    keys = [{key.public for key in world.setup(node).host_keys} for node in ("rotated", "neighbour")]
    assert [shown(transport) in own for transport, own in zip(transports, keys, strict=True)] == [True, True]
    assert not keys[0] & keys[1]
    assert all(echoes(user.channel(transport)) for transport in transports)
    assert [world.sessions(node) for node in ("rotated", "neighbour")] == [1, 1]
    assert [world.link_connections(f"to-{node}") for node in ("rotated", "neighbour")] == [1, 1]


@pytest.mark.parametrize("fault", [Cut("to-neighbour"), Kill("neighbour"), Refuse("neighbour")])
def test_a_fault_beside_the_route_leaves_the_route_alone(start: Any, fault: Any) -> None:
    """The neighbour's port refuses until it is healed; the other one goes on."""
    world, user = start("rotated_host_keys")
    active = world.inject(fault)
    with pytest.raises(ConnectionRefusedError):
        user.dial("to-neighbour")
    assert echoes(user.channel(user.login()))
    assert active.evidence().proven
    active.heal()
    active.heal()
    assert user.login(user.dial("to-neighbour")).is_active()


def test_a_rotation_beside_the_route_is_healed(start: Any) -> None:
    """The neighbour shows another key, then its old one; the other bastion's stay."""
    world, user = start("rotated_host_keys")
    old = {node: world.setup(node).host_keys for node in world.topology.servers}
    active = world.inject(RotateHostKey("neighbour", ("rsa",)))
    assert shown(user.greet(user.dial("to-neighbour"))).startswith("ssh-rsa")
    assert world.setup("rotated").host_keys == old["rotated"]
    active.heal()
    active.heal()
    assert shown(user.greet(user.dial("to-neighbour"))) in {key.public for key in old["neighbour"]}


def test_a_rotation_to_another_type_leaves_no_other(start: Any) -> None:
    """Only the type that was named is shown, and its evidence names the new key."""
    world, user = start("rotated_host_keys")
    active = world.inject(RotateHostKey("rotated", ("ecdsa",)))
    (key,) = world.setup("rotated").host_keys
    assert shown(user.greet()) == key.public
    assert active.evidence().proven
    assert "rotated shows SHA256:" in active.evidence().summary


def test_an_added_key_stands_beside_the_old_ones(start: Any, timeline: Any, setup: Any) -> None:
    """A server with one type gets a second, and still shows the first to a client that asks for it."""
    world, user = start("rotated_host_keys")
    world.begin(timeline, {"rotated": replace(setup, key_types=("rsa",)), "neighbour": setup})
    (old,) = world.setup("rotated").host_keys
    active = world.inject(RotateHostKey("rotated", ("ed25519",), add=True))
    assert [key.public.split()[0] for key in world.setup("rotated").host_keys] == ["ssh-rsa", "ssh-ed25519"]
    assert shown(user.greet()).startswith("ssh-ed25519")
    assert "beside those that it had" in active.evidence().summary
    active.heal()
    assert shown(user.greet()) == old.public


def test_an_added_key_of_a_type_that_it_has_is_no_change(start: Any) -> None:
    """Nothing is added to three types, and there is no evidence."""
    world, _ = start("rotated_host_keys")
    assert not world.inject(RotateHostKey("rotated", ("rsa",), add=True)).evidence().proven


def test_a_dead_server_takes_a_rotation_along_when_it_is_restarted(start: Any) -> None:
    """Keys that change while it is down are shown by the process that follows, and only then proven."""
    world, user = start("rotated_host_keys")
    killed = world.inject(Kill("rotated"))
    active = world.inject(RotateHostKey("rotated", ("ed25519",)))
    assert not active.evidence().proven
    killed.heal()
    assert shown(user.greet()) == world.setup("rotated").host_keys[0].public
    assert active.evidence().proven


def test_each_link_of_the_flaky_network_breaks(start: Any) -> None:
    """The link before the far target takes faults as the first one does."""
    world, user = start("flaky_network")
    active = world.inject(Limit("to-far-target", 10))
    channel = user.channel(user.login(), *world.address("far-target"))
    channel.sendall(b"SEND 1000 1\n")
    received = bytearray()
    while chunk := channel.recv(100):
        received += chunk
    assert len(received) == 10
    assert active.evidence().summary == "1 connection ended after 10 bytes"


def test_two_hops_start_quickly(fabric: Any, run: Any) -> None:
    """Four processes start side by side, well within what a scenario may wait for."""
    began = time.monotonic()
    fabric.build(topologies()["two_hop"], run.folder, print).close()
    assert time.monotonic() - began < 5


OTHER = """
x-tunspec:
  topologies:
    odd: {about: odd, bastions: [a, b], beside: [c], target: t}
services:
  to-a: {profiles: [odd], x-tunspec: {role: link, leads_to: a, also: {c: 2022}}}
  to-b: {profiles: [odd], x-tunspec: {role: link, leads_to: b, port: 2200}}
  a: {profiles: [odd], x-tunspec: {role: bastion}}
  b: {profiles: [odd], x-tunspec: {role: bastion, port: 2200}}
  c: {profiles: [odd], x-tunspec: {role: bastion, port: 2022}}
  t: {profiles: [odd], x-tunspec: {role: target, port: 7001}}
"""


def test_any_compose_file_becomes_a_world(
    fabric: Any, run: Any, user_of: Any, timeline: Any, setup: Any, tmp_path: Path
) -> None:
    """A server beside a longer route leads where the first one does."""
    (tmp_path / "compose.yml").write_text(OTHER)
    world = fabric.build(topologies(tmp_path / "compose.yml")["odd"], run.folder, print)
    with ExitStack() as cleanup:
        cleanup.callback(world.close)
        user = user_of(world, cleanup)
        world.begin(timeline, dict.fromkeys("abc", setup))
        outer = user.login(user.dial("to-c"))
        inner = user.login(user.channel(outer, "b.internal", 2200))
        assert echoes(user.channel(inner, "t.internal", 7001))
