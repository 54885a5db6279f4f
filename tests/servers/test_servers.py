"""The reference tunnel through real servers of other kinds; docs/servers.md has the table."""

from __future__ import annotations

import asyncio
import hashlib
import os
import socket
import threading
from typing import TYPE_CHECKING

import pytest

from tunnel_impl import Tunnel

from .programs import MINA

if TYPE_CHECKING:
    from ..tunnel_impl.world import World  # noqa: TID252 -- tests is no package
    from .conftest import Site

BIG = 4 << 20
_KEEPALIVE = {"interval": 0.2, "count": 3}
_PROBES = 8


def _open(world: World, site: Site, target: int, **changes: object) -> Tunnel:
    tunnel = world.tunnel(site.profile(target, **changes))
    tunnel.open()
    return tunnel


def test_echo(world: World, site: Site) -> None:
    """The server is known by its key, lets the user in, and forwards."""
    tunnel = _open(world, site, world.target().port)
    assert world.echoes(tunnel)
    assert not world.questions
    print(_agreed(tunnel))


def test_much_both_ways(world: World, site: Site) -> None:
    """Four mebibytes go up while they come down, unharmed."""
    data = os.urandom(BIG)
    with world.connect(_open(world, site, world.target().port)) as sock:
        sender = threading.Thread(target=lambda: (sock.sendall(data), sock.shutdown(socket.SHUT_WR)))
        sender.start()
        assert hashlib.sha256(world.read_all(sock)).digest() == hashlib.sha256(data).digest()
        sender.join(10)


def test_client_ends_first(world: World, site: Site) -> None:
    """The target hears the end of what the client sends, and its answer still arrives."""

    async def answer_at_the_end(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(hashlib.sha256(await reader.read()).digest())

    target = world.target(answer_at_the_end)
    with world.connect(_open(world, site, target.port)) as sock:
        sock.sendall(b"a question")
        sock.shutdown(socket.SHUT_WR)
        assert world.read_all(sock) == hashlib.sha256(b"a question").digest()


def test_target_ends_first(world: World, site: Site, request: pytest.FixtureRequest) -> None:
    """After the target's end the client can go on sending."""
    if site.name == MINA.name:
        ends_both_ways = "MINA ends its connection to a target that has ended its way; ssh -L meets the same"
        request.applymarker(pytest.mark.xfail(reason=ends_both_ways))
    rest = asyncio.Queue[bytes]()

    async def end_then_read(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write_eof()
        rest.put_nowait(await reader.read())

    target = world.target(end_then_read)
    with world.connect(_open(world, site, target.port)) as sock:
        assert sock.recv(1) == b""
        sock.sendall(b"still here")
        sock.shutdown(socket.SHUT_WR)
        assert world.loop.run(asyncio.wait_for(rest.get(), 5)) == b"still here"


def test_idle(world: World, site: Site) -> None:
    """The server answers keep-alives: an idle session outlives many times the limit for silence, and forwards."""
    link = world.link(site.server.port)
    tunnel = _open(world, site, world.target().port, port=link.port, keepalive=_KEEPALIVE)
    _await_probes(world, link.sent_by_client)
    assert world.echoes(tunnel)
    assert world.states == [("connecting", None), ("connected", None)]


def test_tinyssh_idle(world: World, tinyssh: Site) -> None:
    """TinySSH lets the user in and answers keep-alives."""
    link = world.link(tinyssh.server.port)
    tunnel = _open(world, tinyssh, 1, port=link.port, keepalive=_KEEPALIVE)
    print(_agreed(tunnel))
    _await_probes(world, link.sent_by_client)
    assert not world.questions
    assert world.states == [("connecting", None), ("connected", None)]


def test_tinyssh_forwards_nothing(world: World, tinyssh: Site) -> None:
    """TinySSH knows no direct-tcpip: the connection ends, the reason is told, and the session goes on."""
    target = world.target()
    tunnel = _open(world, tinyssh, target.port)
    with world.connect(tunnel) as sock:
        assert world.ends(sock)
    status = tunnel.status()
    assert (status.state, status.error and status.error.code) == ("connected", "forward-prohibited")
    assert target.seen == 0


def _await_probes(world: World, sent: list[float]) -> None:
    before = len(sent)
    world.eventually(lambda: len(sent) >= before + _PROBES)


def _agreed(tunnel: Tunnel) -> str:
    """Return what the tunnel and the server agreed on, for the table in docs/servers.md: pytest -rP shows it."""
    assert tunnel.chain
    session = tunnel.chain.final
    return f"{session.remote_version.decode()}: {session._keys()}"
