"""What middleboxes and paths do without a word: forget connections, and lose packets for their size."""

from __future__ import annotations

import time
from contextlib import closing
from typing import Any

import pytest

from harness.faults.model import Forget, Kill, Mtu, Oversize
from harness.world.docker.world import DockerWorld

pytestmark = pytest.mark.docker

AFTER = 0.6


def test_what_a_forgotten_connection_sends_vanishes(tunnel: Any, world: DockerWorld, dial: Any) -> None:
    """A connection that was idle falls silent, a new one works, and the heal ends the one that was forgotten."""
    after = 2.0
    with closing(tunnel.connect()) as client:
        client.talk(b"before")
        fault = world.inject(Forget("to-bastion", after))
        assert client.talk(b"known") == b"known"
        time.sleep(after + 0.2)  # idle is what the fault is about
        client.socket.sendall(b"lost")
        with pytest.raises(TimeoutError):
            client.hear(1, within=0.5)
    evidence = fault.evidence()
    assert evidence.proven
    assert not evidence.summary.endswith("and 0 packets of the link")
    with dial() as another:
        assert another.echo() == b"hello"
        fault.heal()
        tunnel.process.wait(5)
        assert another.echo() == b"hello"


def test_a_connection_that_is_used_is_not_forgotten(tunnel: Any, world: DockerWorld) -> None:
    """Each packet keeps a connection known, and the proof does not need one that dies."""
    after = 3.0
    fault = world.inject(Forget("to-bastion", after))
    end = time.monotonic() + 1.5 * after
    with closing(tunnel.connect()) as client:
        while time.monotonic() < end:
            assert client.talk(b"tick") == b"tick"
            time.sleep(after / 10)  # well within the time that a connection may be idle
        evidence = fault.evidence()
        assert evidence.proven
        assert evidence.summary.endswith("and 0 packets of the link")
        fault.heal()
        assert client.talk(b"after") == b"after"


def test_what_was_not_yet_idle_long_enough_proves_nothing(world: DockerWorld) -> None:
    """Evidence asks for an idle time that is longer than the fault's, and our own look is no attempt."""
    fault = world.inject(Forget("to-bastion", 10))
    assert not fault.evidence().proven
    assert world.link_connections("to-bastion") == 0


def test_a_second_forgetting_begins_anew(world: DockerWorld) -> None:
    """What was healed is gone, so the fault can be installed again."""
    for _ in range(2):
        fault = world.inject(Forget("to-bastion", AFTER))
        time.sleep(AFTER + 0.2)  # idle is what the fault is about
        assert fault.evidence().proven
        fault.heal()


@pytest.mark.parametrize("link", ["to-bastion", "to-target"])
def test_packets_that_are_too_large_vanish(tunnel: Any, world: DockerWorld, link: str) -> None:
    """Little passes, much does not, and what waited comes when the path is whole again."""
    much = b"x" * 20_000
    with closing(tunnel.connect()) as client:
        client.talk(b"before")
        fault = world.inject(Oversize(link, 600))
        assert client.talk(b"little") == b"little"
        assert not fault.evidence().proven
        client.socket.sendall(much)
        with pytest.raises(TimeoutError):
            client.hear(1, within=0.5)
        assert fault.evidence().proven
        fault.heal()
        assert client.hear(len(much)) == much


@pytest.mark.parametrize("link", ["to-bastion", "to-target"])
def test_a_smaller_mtu_is_told(world: DockerWorld, link: str, dial: Any) -> None:
    """New connections carry much both ways in segments that fit, so that none is lost where larger ones would be."""
    fault = world.inject(Mtu(link, 1000))
    lost = world.inject(Oversize(link, 1000))
    with dial() as tunnel:
        assert tunnel.echo(b"x" * 500) == b"x" * 500
    evidence = fault.evidence()
    assert evidence.proven
    assert "eth0 1000" in evidence.summary
    lost.heal()
    with dial() as tunnel, closing(tunnel.connect()) as client:
        assert client.talk(b"x" * 300_000) == b"x" * 300_000
        segments = world._parts.filters[link].shell.run("ss -Htni state established | grep -o ' mss:[0-9]*'")
        assert {int(each.partition(":")[2]) <= 960 for each in segments} == {True}
    fault.heal()
    assert world.inject(Mtu(link, 1500)).evidence().proven


def test_what_a_scenario_left_is_healed_in_the_end(world: DockerWorld, dial: Any) -> None:
    """After ``end`` nothing is forgotten, lost or dead."""
    for fault in (Forget("to-bastion", AFTER), Oversize("to-bastion", 600), Mtu("to-bastion", 600)):
        world.inject(fault)
    world.inject(Kill("bastion", "listener"))
    world.end()
    world.check()
    with dial() as tunnel:
        assert len(tunnel.echo(b"x" * 10_000)) == 10_000
