from __future__ import annotations

import socket
import time
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest

from harness.errors import FabricBroken
from harness.faults.model import Bandwidth, Cut, Latency, Reset, Stall
from harness.world.docker.world import DockerWorld
from harness.world.fabric import Address

pytestmark = pytest.mark.docker


def number_in(summary: str) -> int:
    """Return the first number of an evidence."""
    return next(int(word) for word in summary.split() if word.isdigit())


Ends = Callable[[socket.socket], str]


def test_a_cut_closes_the_connection_and_refuses_new_ones(tunnel: Any, world: DockerWorld) -> None:
    """The tunnel's connection ends, the port refuses, and the evidence says both."""
    tunnel.echo()
    fault = world.inject(Cut("to-bastion"))
    tunnel.process.wait(5)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(world.address("bastion"), 2)
    evidence = fault.evidence()
    assert evidence.proven
    assert evidence.summary == "1 of 1 connections closed, the port refuses"


def test_a_mended_cut_lets_connections_in(world: DockerWorld, greeting: Any) -> None:
    """After the heal the bastion's greeting comes again; a second heal does nothing."""
    fault = world.inject(Cut("to-bastion"))
    fault.heal()
    fault.heal()
    assert greeting() == b"SSH-"


def test_connections_refused_by_a_cut_are_counted(world: DockerWorld) -> None:
    """Each attempt at a cut link counts once."""
    world.inject(Cut("to-bastion"))
    for _ in range(3):
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(world.address("bastion"), 2)
    assert world.link_connections("to-bastion") == 3


def test_what_a_stall_holds_arrives_after_it(tunnel: Any, world: DockerWorld) -> None:
    """Nothing passes a stalled link; resumed, the same connection delivers what was sent meanwhile."""
    with closing(tunnel.connect()) as client:
        assert client.talk(b"before") == b"before"
        fault = world.inject(Stall("to-bastion"))
        client.socket.sendall(b"during")
        with pytest.raises(TimeoutError):
            client.hear(1, within=0.5)
        assert fault.evidence().proven
        assert number_in(fault.evidence().summary) > 0
        fault.heal()
        assert client.hear(6) == b"during"


def test_a_stall_that_stopped_nothing_is_not_proven(world: DockerWorld) -> None:
    """Without a packet that was dropped there is no evidence."""
    assert not world.inject(Stall("to-bastion")).evidence().proven


def test_an_attempt_during_a_stall_counts_once(world: DockerWorld) -> None:
    """The kernel sends the SYN again and again; it is one attempt."""
    world.inject(Stall("to-bastion"))
    with pytest.raises(TimeoutError):
        socket.create_connection(world.address("bastion"), 2.5)
    assert world.link_connections("to-bastion") == 1


def test_a_reset_ends_live_connections_and_no_later_ones(tunnel: Any, world: DockerWorld, greeting: Any) -> None:
    """Sockets on both sides of the link are reset, the client sees it, and the port stays open."""
    tunnel.echo()
    evidence = world.inject(Reset("to-bastion")).evidence()
    assert evidence.proven
    assert number_in(evidence.summary) == 2
    tunnel.process.wait(5)
    assert greeting() == b"SSH-"


def test_a_reset_is_a_reset_and_not_an_end_of_file(world: DockerWorld, ends: Ends) -> None:
    """A client of the link gets a TCP RST."""
    with closing(socket.create_connection(world.address("bastion"), 5)) as client:
        client.recv(255)
        world.inject(Reset("to-bastion"))
        assert ends(client) == "reset"


def test_a_reset_without_connections_is_not_proven(world: DockerWorld) -> None:
    """When there was nothing to reset there is no evidence."""
    assert not world.inject(Reset("to-bastion")).evidence().proven


def test_latency_delays_each_way(tunnel: Any, world: DockerWorld) -> None:
    """A round trip takes twice the delay, and the evidence measured as much."""
    with closing(tunnel.connect()) as client:
        client.talk(b"before")
        fault = world.inject(Latency("to-bastion", 0.2))
        began = time.monotonic()
        assert client.talk(b"slow") == b"slow"
        assert time.monotonic() - began >= 0.4
        assert fault.evidence().proven
        fault.heal()
        began = time.monotonic()
        client.talk(b"fast")
        assert time.monotonic() - began < 0.2


def test_bandwidth_limits_the_rate(tunnel: Any, world: DockerWorld) -> None:
    """A hundred thousand bytes take more than a second at eighty thousand a second, and the evidence measured it."""
    fault = world.inject(Bandwidth("to-bastion", 80_000))
    began = time.monotonic()
    assert len(tunnel.echo(b"x" * 100_000)) == 100_000
    assert time.monotonic() - began > 1
    evidence = fault.evidence()
    assert evidence.proven
    assert number_in(evidence.summary) < 100_000


def test_a_cut_of_the_inner_link_ends_the_targets_connections(tunnel: Any, world: DockerWorld, ends: Ends) -> None:
    """The packet filter resets what is open behind the bastion and refuses the rest; the session lives."""
    with closing(tunnel.connect()) as client:
        client.talk(b"before")
        fault = world.inject(Cut("to-target"))
        ends(client.socket)
        assert tunnel.echo() == b""
        assert fault.evidence() == fault.evidence().model_copy(update={"proven": True})
        assert world.sessions("bastion") == 1
        fault.heal()
        assert tunnel.echo() == b"hello"


def test_a_stall_of_the_inner_link_holds_bytes(tunnel: Any, world: DockerWorld) -> None:
    """Bytes for the target wait while the inner link is stalled, and arrive after it."""
    with closing(tunnel.connect()) as client:
        client.talk(b"before")
        fault = world.inject(Stall("to-target"))
        client.socket.sendall(b"during")
        with pytest.raises(TimeoutError):
            client.hear(1, within=0.5)
        assert fault.evidence().proven
        fault.heal()
        assert client.hear(6) == b"during"


def test_an_inner_link_without_a_relay_cannot_be_slowed(world: DockerWorld) -> None:
    """``can`` says why, and injecting all the same is an error of the fabric."""
    reason = world.can(Latency("to-target", 0.1))
    assert reason is not None
    assert "needs a relay" in reason
    with pytest.raises(FabricBroken, match="needs a relay"):
        world.inject(Latency("to-target", 0.1))


def test_the_end_heals_what_a_scenario_left_broken(world: DockerWorld, greeting: Any) -> None:
    """After ``end`` the link works, whatever was injected."""
    world.inject(Stall("to-bastion"))
    world.inject(Cut("to-bastion"))
    world.end()
    assert greeting() == b"SSH-"


def test_the_links_address_is_the_containers_own(world: DockerWorld) -> None:
    """The client dials port 22 of the link."""
    address = world.address("bastion")
    assert isinstance(address, Address)
    assert address.port == 22
