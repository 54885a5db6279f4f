"""Servers that break the protocol: each costs a bounded time and memory, and the error says what it did."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Callable
from typing import Any

import asyncssh
import pytest

from tunnel_impl import TunnelError
from tunnel_impl.ssh.channel import WINDOW

from ..link import Port
from ..world import World

_BANNER = b"SSH-2.0-raw\r\n"
_LISTS = 10


def _packet(payload: bytes) -> bytes:
    padding = 8 - (len(payload) + 5) % 8
    padding += 8 if padding < 4 else 0
    return struct.pack(">IB", len(payload) + padding + 1, padding) + payload + bytes(padding)


def _kexinit(names: bytes = b"curve25519-sha256") -> bytes:
    lists = [names, b"ssh-ed25519", *[b"aes128-ctr"] * 2, *[b"hmac-sha2-256"] * 2, *[b"none"] * 2, b"", b""]
    assert len(lists) == _LISTS
    return _packet(b"\x14" + bytes(16) + b"".join(struct.pack(">I", len(one)) + one for one in lists) + bytes(5))


def _says(data: bytes, *, hang_up: bool = False) -> Callable[[Any, Any], Any]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()
        if not hang_up:
            await reader.read(-1)
        writer.close()

    return serve


async def _talks_without_end(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while not reader.at_eof():
        writer.write(b"no banner in this line\r\n" * 100)
        await writer.drain()
    writer.close()


@pytest.mark.parametrize(
    ("serve", "words"),
    [
        (_says(b"SSH-1.5-old\r\n"), ("did not agree on keys", "version 1.5")),
        (_says(b"HTTP/1.1 400 Bad Request\r\n\r\n", hang_up=True), ("SSH banner", "400 Bad Request")),
        (_says(b"x" * 20_000), ("SSH banner", "endless line")),
        (_talks_without_end, ("SSH banner", "1024 lines")),
        (_says(_BANNER, hang_up=True), ("did not agree on keys", "server closed the connection")),
        (_says(_BANNER + b"\x7f\xff\xff\xff" + bytes(100)), ("did not agree on keys", "impossible length")),
        (_says(_BANNER + struct.pack(">IB", 12, 255) + bytes(11)), ("did not agree on keys", "empty packet")),
        (_says(_BANNER + _kexinit(b"\xff\xfe,\xc3")), ("no key exchange in common", "??")),
        (_says(_BANNER + _kexinit() + _packet(b"\x1f" + bytes(12))), ("did not agree on keys", "broke")),
        (_says(_BANNER + _kexinit() + _packet(b"\x63")), ("did not agree on keys", "broke")),
        (_says(_BANNER + _packet(b"\x01" + struct.pack(">II", 2, 3) + b"why")), ("the server said: why",)),
    ],
)
def test_before_the_keys(world: World, serve: Any, words: tuple[str, ...]) -> None:
    """The error names the stage that was reached and what the server did, in words for people."""
    server: Port = world.target(serve)
    site = world.site()
    ssh = {"host": "127.0.0.1", "port": server.port, "user": "u"}
    with pytest.raises(TunnelError) as caught:
        world.open(site, 1, ssh=ssh)
    message = caught.value.message
    assert caught.value.code == "handshake-failed"
    assert all(word in message for word in words), message
    assert not any(raw in message for raw in ("codec", "Errno", "Error", "Incompatible ssh peer", "b'")), message


def _floods(conn: asyncssh.SSHServerConnection, host: str, port: int) -> Any:
    del host, port

    async def flood(reader: Any, writer: Any) -> None:
        del reader
        channel = writer.channel
        channel._send_window = 1 << 40
        writer.write(bytes(8 * WINDOW))

    del conn
    return flood


def test_data_beyond_the_window(world: World) -> None:
    """A server that sends more than it was granted loses its session: the rest would have to be kept for ever."""
    site, target = world.site(), world.target()
    site.before_forwarding = _floods
    tunnel = world.open(site, target.port, reconnect={"attempts": 0})
    with world.connect(tunnel) as client:
        world.wait_for_state("failed")
        error = tunnel.status().error
        assert error
        assert "more data than the window" in error.message
        assert world.ends(client) or world.drains(client)
