"""Servers that send without end what nobody asked for: it costs a bounded time, and no memory."""

from __future__ import annotations

import asyncio
import gc
import socket
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import asyncssh
import paramiko
import pytest
from asyncssh.packet import Boolean, String, UInt32
from paramiko import common

import tunnel_impl
from tunnel_impl import HostKeyQuestion, Question, TunnelError
from tunnel_impl.ssh import packets, session
from tunnel_impl.ssh.channel import Channel

from ..event_loop import PATIENCE

if TYPE_CHECKING:
    from ..bastion import Site
    from ..world import World

_BIG = bytes(32_000)
_ALLOWANCE = 1 << 18
IGNORE, DEBUG = common.MSG_IGNORE, common.MSG_DEBUG
UNKNOWN = 192
"""Among the numbers for local extensions (RFC 4250 §4.1.2)."""


@pytest.fixture
def kept() -> Iterator[Callable[[], int]]:
    """How many bytes the reference and paramiko hold that were allocated since."""
    folders = (Path(tunnel_impl.__file__).parent, Path(paramiko.__file__).parent)
    ours = [tracemalloc.Filter(inclusive=True, filename_pattern=f"{folder}/*") for folder in folders]

    def count() -> int:
        gc.collect()
        return sum(trace.size for trace in tracemalloc.take_snapshot().filter_traces(ours).traces)

    tracemalloc.start()
    yield count
    tracemalloc.stop()


def _heedless(conn: Any) -> None:
    """Let an asyncssh server take no notice of what it is answered."""
    answers = (
        common.MSG_REQUEST_FAILURE,
        common.MSG_CHANNEL_OPEN_FAILURE,
        common.MSG_CHANNEL_FAILURE,
        common.MSG_UNIMPLEMENTED,
    )
    conn._packet_handlers = {**conn._packet_handlers, **dict.fromkeys(answers, lambda *_: None)}


def _flood(site: Site, times: int, kind: int, *parts: bytes) -> None:
    """Send so many packets, or as many as the session lives."""

    async def send() -> None:
        conn = site.sessions[-1]
        _heedless(conn)
        for _ in range(times):
            conn.send_packet(kind, *parts)
            await asyncio.sleep(0)
            if conn.is_closed():
                return

    asyncio.run_coroutine_threadsafe(send(), site.loop.loop).result(60)


@pytest.mark.parametrize(
    ("times", "kind", "parts"),
    [
        (500, IGNORE, (String(_BIG),)),
        (500, DEBUG, (Boolean(value=True), String(_BIG), String(""))),
        (500, common.MSG_GLOBAL_REQUEST, (String("hostkeys-00@openssh.com"), Boolean(value=False), String(_BIG))),
        (2000, common.MSG_GLOBAL_REQUEST, (String("keepalive@openssh.com"), Boolean(value=True))),
        (2000, UNKNOWN, (String("x"),)),
        *(
            (500, common.MSG_CHANNEL_OPEN, (String(kind), UInt32(7), UInt32(1 << 20), UInt32(1 << 15), String("x")))
            for kind in ("session", "x11", "forwarded-tcpip", "auth-agent@openssh.com")
        ),
    ],
    ids=["ignore", "debug", "requests", "requests-to-answer", "unknown", "session", "x11", "forwarded-tcpip", "agent"],
)
def test_what_means_nothing_costs_nothing(
    world: World, kept: Callable[[], int], times: int, kind: int, parts: tuple[bytes, ...]
) -> None:
    """The session goes on beside it, and nothing of it is kept."""
    site, target = world.site(), world.target()
    tunnel = world.open(site, target.port)
    assert world.echoes(tunnel)
    before = kept()
    _flood(site, times, kind, *parts)
    assert world.echoes(tunnel)
    assert kept() - before < _ALLOWANCE
    assert world.states == [("connecting", None), ("connected", None)]


def test_empty_data_is_not_kept() -> None:
    """It takes nothing of the window, so the window does not bound what would wait for a client that does not read."""
    data = paramiko.Message()
    data.add_string(b"")
    data.rewind()
    channel = Channel(cast("Any", None), 0, lambda: None)
    channel.on_data(data)
    assert not channel.received


def test_who_asks_on_and_reads_nothing_loses_the_session(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its answers would have to be kept for ever."""
    monkeypatch.setattr(packets, "_MOST_UNSENT", 1 << 14)
    site = world.site()
    tunnel = world.open(site, world.target().port, reconnect={"attempts": 0})
    assert tunnel.chain
    tunnel.chain.final.wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1)
    conn: Any = site.sessions[-1]
    world.loop.loop.call_soon_threadsafe(conn._transport.pause_reading)
    asking = (String("keepalive@openssh.com"), Boolean(value=True))

    async def ask() -> None:
        while not conn.is_closed():
            conn.send_packet(common.MSG_GLOBAL_REQUEST, *asking)
            await asyncio.sleep(0)

    asyncio.run_coroutine_threadsafe(ask(), world.loop.loop)
    world.wait_for_state("failed")
    error = tunnel.status().error
    assert error
    assert "it never stops asking, and reads no answers" in error.message


def test_who_asks_on_during_a_key_exchange_loses_the_session(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers wait for its end (RFC 4253 §7.1), which a server may never let come."""
    monkeypatch.setattr(session, "_MOST_WAITING", 100)
    site = world.site()
    tunnel = world.open(site, world.target().port, reconnect={"attempts": 0})
    assert tunnel.chain
    tunnel.chain.final.clear_to_send.clear()
    _flood(site, 200, common.MSG_GLOBAL_REQUEST, String("keepalive@openssh.com"), Boolean(value=True))
    world.wait_for_state("failed")
    error = tunnel.status().error
    assert error
    assert "never stops asking during a key exchange" in error.message


def test_keys_that_change_without_end(world: World) -> None:
    """A server that wants new keys after each packet is slow, and its tunnel works."""
    site = world.site()
    site.stop()
    site.rekey_bytes = 1
    site.start(*site.host_keys)
    tunnel = world.open(site, world.target().port, keepalive={"interval": 0.05, "count": 100})
    for _ in range(3):
        assert world.echoes(tunnel, b"x" * 10_000)
    assert world.states == [("connecting", None), ("connected", None)]


# --- before the login is over ------------------------------------------------------------------------------------


def _refused(world: World, site: Site, **changes: Any) -> TunnelError:
    """Return why the tunnel does not open; that is known in a few seconds."""
    began = time.monotonic()
    with pytest.raises(TunnelError) as caught:
        world.open(site, 1, **changes)
    assert time.monotonic() - began < 8
    return caught.value


@pytest.mark.parametrize(
    ("rounds", "words"),
    [
        ([[("", True)] * 100_000], "impossible length"),
        ([[("", True)] * 20_000], "broke the authentication protocol"),
        ([[("Color?", True)]] * 100_000, "asked 30 times"),
    ],
    ids=["in one packet", "in one round", "round by round"],
)
def test_a_hundred_thousand_prompts(world: World, rounds: list[Any], words: str) -> None:
    """Nobody can answer so many; the user is asked at most as often as a login could want."""
    site = world.site()
    site.rounds = rounds
    error = _refused(world, site, auth={"method": "keyboard-interactive"})
    assert words in error.message
    assert len(world.questions) <= 31


def test_banners_without_end(world: World) -> None:
    """Each would be shown to the user, who has time for some."""
    site = world.site()
    site.banner = "x" * 1000
    site.banners = 1000
    assert "more than 100 banners" in _refused(world, site).message


def test_answers_to_no_request(world: World) -> None:
    """They are kept while the user thinks, but not without end."""
    site = world.site()
    site.rounds = [[("Color?", True)]]
    over = threading.Event()

    def think(question: Question) -> str | None:
        if isinstance(question, HostKeyQuestion):
            return "accept"
        _flood(site, 1000, common.MSG_USERAUTH_FAILURE, String("password"), Boolean(value=False))
        over.wait(PATIENCE)
        return None

    world.ask = think  # type: ignore[method-assign]
    assert "never stops answering the login" in _refused(world, site, auth={"method": "keyboard-interactive"}).message
    over.set()
    world.eventually(lambda: all(thread.name != "tunnel-question" for thread in threading.enumerate()))


async def _drip(writer: asyncio.StreamWriter, data: bytes) -> None:
    for byte in data:
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0.05)


@pytest.mark.parametrize(
    ("at_once", "stage"), [(b"", "send its SSH banner"), (b"SSH-2.0-slow\r\n\0\0\x01\x2c\x04\x14", "agree on keys")]
)
def test_bytes_that_drip(world: World, at_once: bytes, stage: str) -> None:
    """The time for connecting is for each stage as a whole, however much of it arrives."""

    async def serve(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(at_once)
        await _drip(writer, b"x" * 200)

    port = world.target(serve).port
    ssh = {"host": "127.0.0.1", "port": port, "user": "u"}
    error = _refused(world, world.site(), ssh=ssh, timeouts={"connect": 1})
    assert error.code == "timeout"
    assert stage in error.message


def test_a_login_that_drips(world: World) -> None:
    """Messages that mean nothing do not put off the end of a login that nothing is said about."""
    site = world.site()
    site.rounds = [[("Color?", True)]]

    async def never(conn: asyncssh.SSHServerConnection) -> bool:
        while True:
            conn.send_packet(IGNORE, String("x"))
            await asyncio.sleep(0.05)

    site.decide = lambda _: never(site.sessions[-1])  # type: ignore[assignment, return-value]
    error = _refused(world, site, auth={"method": "keyboard-interactive"}, timeouts={"connect": 1})
    assert error.code == "timeout"
