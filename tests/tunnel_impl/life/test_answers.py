"""What counts as a sign of life, and what is sent while nothing happens."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import asyncssh
import pytest
from asyncssh.connection import SSHConnection
from asyncssh.packet import UInt32

if TYPE_CHECKING:
    from ..world import World

SUCCESS, FAILURE, UNIMPLEMENTED = 81, 82, 3
GLOBAL_REQUEST = 80


@pytest.mark.parametrize("answer", [SUCCESS, FAILURE, UNIMPLEMENTED])
def test_any_answer_is_life(world: World, monkeypatch: pytest.MonkeyPatch, answer: int) -> None:
    """Whatever the server answers to probes (RFC 4253 §11.4, RFC 4254 §4), the session goes on, and it is counted."""
    answered = threading.Semaphore(0)

    def reply(conn: SSHConnection, _type: int, number: int, packet: Any) -> None:
        packet.get_remaining_payload()
        conn.send_packet(answer, *([UInt32(number)] if answer == UNIMPLEMENTED else []))
        answered.release()

    monkeypatch.setitem(SSHConnection._packet_handlers, GLOBAL_REQUEST, reply)
    tunnel = world.open(world.site(), world.target().port, keepalive={"interval": 1, "count": 2})
    assert all(answered.acquire(timeout=10) for _ in range(4))
    assert tunnel.open()
    assert world.echoes(tunnel)
    assert world.states == [("connecting", None), ("connected", None)]


def test_off_means_silence(world: World) -> None:
    """With an interval of 0 an idle tunnel sends nothing at all."""
    site = world.site()
    link = world.link(site.port)
    world.over(link, site, 1, keepalive={"interval": 0})
    world.eventually(lambda: time.monotonic() - link.sent_by_client[-1] > 1)  # the login's last packets have passed
    before = len(link.sent_by_client)
    threading.Event().wait(1.5)  # longer than any timer of the session
    assert link.sent_by_client[before:] == []


def test_a_server_that_ends_idle_sessions(world: World) -> None:
    """A server that ends each idle session does not use the attempts up; a connection is served in between."""
    site, target = world.site(), world.target()
    tunnel = world.open(site, target.port, reconnect={"attempts": 2, "first_delay": 0.01})
    for times in range(2, 8):
        site.loop.loop.call_soon_threadsafe(site.sessions[0].disconnect, asyncssh.DISC_BY_APPLICATION, "Unused")
        world.wait_for_state("connected", times=times)
    assert world.echoes(tunnel)


def test_a_channel_that_the_server_ends(world: World) -> None:
    """A channel that the server closes (sshd_config(5), ChannelTimeout) ends its connection and no other."""
    site, target = world.site(), world.target()
    tunnel = world.open(site, target.port)
    with world.connect(tunnel) as ended, world.connect(tunnel) as held:
        for sock in (ended, held):
            sock.sendall(b"x")
            assert sock.recv(1) == b"x"
        first = min(site.sessions[0]._channels)
        site.loop.loop.call_soon_threadsafe(site.sessions[0]._channels[first].close)
        assert world.ends(ended)
        held.sendall(b"y")
        assert held.recv(1) == b"y"
    assert [state for state, _ in world.states] == ["connecting", "connected"]
