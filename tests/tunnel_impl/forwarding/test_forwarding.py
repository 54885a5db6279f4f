"""Bytes through the tunnel: all of them, in both directions, whatever the ends do."""

from __future__ import annotations

import asyncio
import hashlib
import os
import socket
import threading
from typing import TYPE_CHECKING, Any

import asyncssh
import pytest
from paramiko.packet import Packetizer

if TYPE_CHECKING:
    from ..world import World

BIG = 8 << 20


def test_first_connection_works(world: World) -> None:
    """When open returns, the first connection already works."""
    target = world.target()
    assert world.echoes(world.open(world.site(), target.port))


def test_target_is_named_verbatim(world: World) -> None:
    """The target's name goes to the server as it was written."""
    site = world.site()
    site.refusal = asyncssh.ChannelOpenError(asyncssh.OPEN_CONNECT_FAILED, "Name or service not known")
    tunnel = world.open(site, 1, target={"host": "DB.internal.invalid", "port": 5432})
    with world.connect(tunnel) as sock:
        assert world.ends(sock)
    assert site.channels == [("DB.internal.invalid", 5432)]


@pytest.mark.parametrize("size", [1, 32 << 10, BIG])
def test_client_ends_first(world: World, size: int) -> None:
    """The target answers after the client's end of data, and its whole answer arrives."""

    async def answer_at_the_end(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        data = await reader.read()
        writer.write(hashlib.sha256(data).digest() + data)
        await writer.drain()

    target = world.target(answer_at_the_end)
    data = os.urandom(size)
    with world.connect(world.open(world.site(), target.port)) as sock:
        sock.sendall(data)
        sock.shutdown(socket.SHUT_WR)
        assert world.read_all(sock) == hashlib.sha256(data).digest() + data


def test_target_ends_first(world: World) -> None:
    """After the target's end of data the client can go on sending."""
    rest = asyncio.Queue[bytes]()

    async def end_then_read(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write_eof()
        rest.put_nowait(await reader.read())

    target = world.target(end_then_read)
    with world.connect(world.open(world.site(), target.port)) as sock:
        assert sock.recv(1) == b""
        sock.sendall(b"still here")
        sock.shutdown(socket.SHUT_WR)
        assert world.loop.run(asyncio.wait_for(rest.get(), 5)) == b"still here"


@pytest.mark.parametrize("size", [1, BIG])
def test_send_then_close(world: World, size: int) -> None:
    """What the target sent just before it closed arrives, to the last byte."""
    data = os.urandom(size)

    async def send_then_close(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        del reader
        writer.write(data)
        await writer.drain()

    target = world.target(send_then_close)
    with world.connect(world.open(world.site(), target.port)) as sock:
        assert world.read_all(sock) == data


def test_twenty_at_once(world: World) -> None:
    """Twenty connections at once each get their own bytes."""
    tunnel = world.open(world.site(), world.target().port)
    results: list[bool] = []

    def one() -> None:
        results.append(world.echoes(tunnel, os.urandom(100_000)))

    threads = [threading.Thread(target=one) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert results == [True] * 20


def test_reset_ends_its_own_channel_only(world: World) -> None:
    """A client's reset closes its connection at the target, and no other."""
    target = world.target()
    tunnel = world.open(world.site(), target.port)
    with world.connect(tunnel) as other:
        for _ in range(5):
            sock = world.connect(tunnel)
            sock.sendall(b"x")
            assert sock.recv(1) == b"x"
            world.reset(sock)
        other.sendall(b"y")
        assert other.recv(1) == b"y"
        world.eventually(lambda: target.open == 1)


@pytest.mark.parametrize(
    ("refusal", "code"),
    [
        (asyncssh.ChannelOpenError(asyncssh.OPEN_CONNECT_FAILED, "Connection refused"), "forward-refused"),
        (asyncssh.ChannelOpenError(asyncssh.OPEN_CONNECT_FAILED, "Name or service not known"), "target-unresolved"),
        (asyncssh.ChannelOpenError(asyncssh.OPEN_ADMINISTRATIVELY_PROHIBITED, "open failed"), "forward-prohibited"),
    ],
)
def test_refused_target(world: World, refusal: asyncssh.ChannelOpenError, code: str) -> None:
    """A target that cannot be reached closes the connection at once and is told; the tunnel stays, and recovers."""
    site, target = world.site(), world.target()
    tunnel = world.open(site, target.port)
    site.refusal = refusal
    with world.connect(tunnel) as sock:
        assert world.ends(sock)
    status = tunnel.status()
    assert (status.state, status.error and status.error.code) == ("connected", code)
    site.refusal = None
    assert world.echoes(tunnel)
    assert tunnel.status().error is None


def test_unanswered_target_delays_nobody(world: World) -> None:
    """A connection whose target does not answer ends after the limit, and holds up no other."""
    site, target = world.site(), world.target()

    def black_hole(conn: Any, host: str, port: int) -> Any:
        return asyncio.sleep(30) if len(site.channels) == 1 else conn.forward_connection(host, port)

    site.before_forwarding = black_hole
    tunnel = world.open(site, target.port, timeouts={"open": 3})
    with world.connect(tunnel) as held:
        assert world.echoes(tunnel)
        assert world.ends(held)
    assert (tunnel.status().error or pytest.fail("no error")).code == "timeout"


def test_late_channel_is_closed(world: World) -> None:
    """A channel that opens after its client has gone does not stay open at the target."""
    site, target, opened = world.site(), world.target(), asyncio.Event()

    async def later(conn: Any, host: str, port: int) -> Any:
        await opened.wait()
        return await conn.forward_connection(host, port)

    site.before_forwarding = later
    tunnel = world.open(site, target.port, timeouts={"open": 0.2})
    with world.connect(tunnel) as sock:
        assert world.ends(sock)
    world.loop.loop.call_soon_threadsafe(opened.set)
    world.eventually(lambda: target.seen == 1 and target.open == 0)


def test_stopped_reader_holds_up_its_writer_only(world: World) -> None:
    """A client that does not read stops its target's sending; others go on, and later it gets everything."""
    data = os.urandom(24 << 20)
    sent = threading.Event()

    async def send(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if await reader.read(1) == b"e":
            writer.write(b"e")
            return
        writer.write(data)
        await writer.drain()
        sent.set()

    target = world.target(send)
    tunnel = world.open(world.site(), target.port)
    with world.connect(tunnel) as stopped:
        stopped.sendall(b"s")
        assert stopped.recv(1) == data[:1]
        assert world.echoes(tunnel, b"e")
        assert not sent.is_set()
        assert world.read_all(stopped) == data[1:]


def test_key_exchanges_in_a_transfer(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """New keys asked for by the client, many times in a transfer both ways, lose and damage nothing."""
    monkeypatch.setattr(Packetizer, "REKEY_BYTES", 1 << 20)
    tunnel = world.open(world.site(), world.target().port)
    data = os.urandom(BIG)
    with world.connect(tunnel) as sock:
        sender = threading.Thread(target=lambda: (sock.sendall(data), sock.shutdown(socket.SHUT_WR)))
        sender.start()
        assert world.read_all(sock) == data
        sender.join(10)


def test_many_descriptors(world: World) -> None:
    """Descriptors above 1024 are no trouble."""
    reserve = [os.dup(0) for _ in range(1100)]
    try:
        assert world.echoes(world.open(world.site(), world.target().port))
    finally:
        for descriptor in reserve:
            os.close(descriptor)
