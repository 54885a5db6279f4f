"""Clients that leave, readers that stop, and keys that change, many at a time."""

from __future__ import annotations

import asyncio
import os
import socket
import threading
from typing import TYPE_CHECKING, Any

import pytest

from tunnel_impl import TunnelError
from tunnel_impl.ssh.channel import WINDOW
from tunnel_impl.ssh.session import Session

if TYPE_CHECKING:
    from tunnel_impl import Tunnel

    from ..world import World


def channels(tunnel: Tunnel) -> list[Any]:
    """Return the channels of a tunnel's session."""
    assert tunnel.chain
    return list(tunnel.chain.final.own_channels.values())


def test_clients_that_leave_before_their_channel_is_open(world: World) -> None:
    """A hundred clients reset while the target is slow: each channel that opens later is closed, and forgotten."""
    site, target, open_now = world.site(), world.target(), asyncio.Event()

    async def later(conn: Any, host: str, port: int) -> Any:
        await open_now.wait()
        return await conn.forward_connection(host, port)

    site.before_forwarding = later
    tunnel = world.open(site, target.port)
    for _ in range(100):
        world.reset(world.connect(tunnel))
    world.eventually(lambda: len(site.channels) == 100)
    world.loop.loop.call_soon_threadsafe(open_now.set)
    world.eventually(lambda: target.seen == 100 and target.open == 0)
    world.eventually(lambda: channels(tunnel) == [])
    assert world.echoes(tunnel)


def test_many_connections_beside_many_files(world: World) -> None:
    """Two hundred connections at once work above the descriptors that select(2) can name."""
    tunnel = world.open(world.site(), world.target().port, timeouts={"open": 20})
    reserve = [os.dup(0) for _ in range(1100)]
    socks = [world.connect(tunnel) for _ in range(200)]
    try:
        for number, sock in enumerate(socks):
            sock.sendall(number.to_bytes(2, "big"))
        assert [sock.recv(2) for sock in socks] == [number.to_bytes(2, "big") for number in range(200)]
    finally:
        for sock in socks:
            sock.close()
        for descriptor in reserve:
            os.close(descriptor)


def test_a_reader_that_stops_costs_one_window(world: World) -> None:
    """What waits for a client that does not read is never more than the channel's window."""

    async def flood(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        del reader
        while True:
            writer.write(bytes(1 << 16))
            await writer.drain()

    tunnel = world.open(world.site(), world.target(flood).port)
    with world.connect(tunnel) as stopped:
        assert stopped.recv(1)

        def waiting() -> int:
            return sum(len(data) for channel in channels(tunnel) for data in list(channel.received))

        world.eventually(lambda: waiting() > WINDOW // 2)
        most = max((waiting(), threading.Event().wait(0.02))[0] for _ in range(25))
        assert most <= WINDOW
        world.reset(stopped)


def test_the_server_changes_keys(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty and more key exchanges that the server asks for, in a transfer both ways, lose and damage nothing."""
    changed = 0
    parse = Session._parse_newkeys

    def counted(self: Session, message: Any) -> None:
        nonlocal changed
        changed += 1
        parse(self, message)

    monkeypatch.setattr(Session, "_parse_newkeys", counted)
    site = world.site()
    site.stop()
    site.rekey_bytes = 1 << 19
    site.start(*site.host_keys)
    data = os.urandom(12 << 20)
    with world.connect(world.open(site, world.target().port)) as sock:
        sender = threading.Thread(target=lambda: (sock.sendall(data), sock.shutdown(socket.SHUT_WR)))
        sender.start()
        assert world.read_all(sock) == data
        sender.join(10)
    assert changed > 20


@pytest.mark.parametrize("flaw", ["password", "port", "banner"])
def test_failed_openings_leave_nothing(world: World, flaw: str) -> None:
    """Twenty openings that fail leave no thread and no descriptor while the process goes on."""
    site, target = world.site(), world.target()
    changes: dict[str, Any] = {
        "password": {"auth": {"method": "password", "password": "wrong"}},
        "port": {"local": {"port": target.port}},
        "banner": {"ssh": {"host": "127.0.0.1", "port": target.port, "user": "x"}, "timeouts": {"connect": 0.05}},
    }[flaw]
    for _ in range(20):
        with pytest.raises(TunnelError):
            world.open(site, target.port, **changes)
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("tunnel-")] == []
