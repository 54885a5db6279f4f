from __future__ import annotations

import socket
import time
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest

from harness.address import Address
from harness.errors import FabricBroken
from harness.faults.model import Bandwidth, Cut, Latency, Limit, Lose, Reset, Slice, Stall, Swallow
from harness.world.docker.engine.shell import Shell
from harness.world.docker.world import DockerWorld

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


def test_a_stall_is_proven_where_nobody_sends_anything(world: DockerWorld) -> None:
    """A tunnel that is silent must not leave it unproven; and the connection that proves it is not an attempt."""
    assert world.inject(Stall("to-bastion")).evidence().proven
    assert world.link_connections("to-bastion") == 0


def test_a_stall_is_proven_on_a_busy_machine(world: DockerWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the program that connects starts late, it is waited for, and it is gone before the stall is."""
    ask = Shell.ask

    def late(shell: Shell, script: str, *rest: float) -> tuple[int, list[str]]:
        return ask(shell, script.replace("bash -c '", "bash -c 'sleep 0.5; "), *rest)

    monkeypatch.setattr(Shell, "ask", late)
    fault = world.inject(Stall("to-bastion"))
    assert fault.evidence().proven
    fault.heal()
    assert world.link_connections("to-bastion") == 0
    assert not [event for event in world.events("bastion") if event.kind == "connected"]


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
    reason = world.why_not(Latency("to-target", 0.1))
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


def test_slices_come_one_after_the_other(world: DockerWorld, greeting: Any) -> None:
    """The banner comes in pieces of two bytes, a delay apart, and the evidence measured pieces and time."""
    fault = world.inject(Slice("to-bastion", 2, 0.05))
    began = time.monotonic()
    assert greeting() in {b"SS", b"SSH-"}
    with closing(socket.create_connection(world.address("bastion"), 2)) as client:
        received = [client.recv(255) for _ in range(5)]
    assert max(map(len, received)) <= 2
    assert time.monotonic() - began >= 4 * 0.05
    assert fault.evidence().proven
    fault.heal()
    assert greeting() == b"SSH-"


def test_slices_without_a_delay_are_proven_by_the_toxic(world: DockerWorld) -> None:
    """Without a delay nothing can be measured, and that the relay has the toxic is the evidence."""
    assert world.inject(Slice("to-bastion", 16)).evidence().proven


@pytest.mark.parametrize("size", [10, 5000, 300_000])
def test_a_limit_ends_a_connection_after_so_many_bytes(world: DockerWorld, size: int, ends: Ends) -> None:
    """The evidence measured after how many bytes a connection ends, and the banner is cut there."""
    fault = world.inject(Limit("to-bastion", size))
    evidence = fault.evidence()
    assert evidence.summary == f"a connection through the toxics ends after {size} bytes"
    assert evidence.proven
    if size == 10:
        with closing(socket.create_connection(world.address("bastion"), 2)) as client:
            assert client.recv(255) == b"SSH-2.0-Op"
            assert ends(client) == "eof"


def test_a_limit_that_is_healed_is_gone(world: DockerWorld, dial: Any) -> None:
    """After the heal a new connection carries as much as it likes."""
    world.inject(Limit("to-bastion", 100)).heal()
    with dial() as another:
        assert len(another.echo(b"x" * 10_000)) == 10_000


def test_what_is_swallowed_never_comes_and_healing_ends_the_connection(tunnel: Any, world: DockerWorld) -> None:
    """Bytes are gone and the connection stays; with a hole in it, it is ended when the link is healed."""
    with closing(tunnel.connect()) as client:
        client.talk(b"before")
        fault = world.inject(Swallow("to-bastion"))
        assert not fault.evidence().proven
        client.socket.sendall(b"during")
        with pytest.raises(TimeoutError):
            client.hear(1, within=0.5)
        assert tunnel.process.poll() is None
        assert fault.evidence().proven
        fault.heal()
        tunnel.process.wait(5)


@pytest.mark.parametrize("link", ["to-bastion", "to-target"])
@pytest.mark.parametrize("share", [0.05, 0.6])
def test_lost_packets_are_sent_again(tunnel: Any, world: DockerWorld, link: str, share: float) -> None:
    """Packets are dropped and counted, with and without a relay, and every byte arrives all the same."""
    with closing(tunnel.connect()) as client:
        client.talk(b"before")
        fault = world.inject(Lose(link, share))
        size = 1_000_000 if share < 0.5 else 1000
        assert client.talk(b"x" * size) == b"x" * size
        assert fault.evidence().proven
        assert number_in(fault.evidence().summary) > 0


def test_a_loss_without_packets_is_not_proven(world: DockerWorld) -> None:
    """Nothing was dropped where nothing was sent."""
    assert not world.inject(Lose("to-bastion", 0.5)).evidence().proven
