"""A server that hangs up before its banner (sshd_config(5), MaxStartups)."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from tunnel_impl import TunnelError
from tunnel_impl.life.retries import Retries

if TYPE_CHECKING:
    from ..bastion import Site
    from ..link import Connected, Link
    from ..world import World


def says(words: bytes, times: int, then: Connected | None = None) -> Connected:
    """Say ``words`` and hang up, ``times`` times; serve as ``then`` after that."""
    left = times

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal left
        left -= 1
        if left < 0 and then:
            await then(reader, writer)
        else:
            writer.write(words)

    return serve


@pytest.mark.parametrize("words", [b"", b"Exceeded MaxStartups\r\n", b"Not allowed at this time\r\n"])
def test_first_opening_tries_again(world: World, site: Site, link: Link, words: bytes) -> None:
    """A server that is too busy twice is reached at the third try; the login happens once."""
    link.door.serve = says(words, 2, link.door.serve)
    world.over(link, site, 1)
    assert (link.door.seen, site.credentials) == (3, [site.password])


def test_always_busy(world: World, site: Site, link: Link) -> None:
    """Tries end within the time to connect, and the error names the likely cause."""
    link.door.serve = says(b"", 100)
    with pytest.raises(TunnelError, match="MaxStartups") as caught:
        world.over(link, site, 1, timeouts={"connect": 4})
    assert (caught.value.code, caught.value.hop) == ("handshake-failed", 0)
    assert 2 <= link.door.seen <= 7


@pytest.mark.parametrize("words", [b"SSH-2.0-other\r\n", b"SSH-2.0-o", b"HTTP/1.1 400\r\n"])
def test_others_are_not_tried_again(world: World, site: Site, link: Link, words: bytes) -> None:
    """A server that said anything else is tried once, and the error quotes what it said before its banner."""
    link.door.serve = says(words, 100)
    with pytest.raises(TunnelError) as caught:
        world.over(link, site, 1)
    assert (caught.value.code, link.door.seen) == ("handshake-failed", 1)


def test_reconnecting_keeps_to_its_delays(world: World, site: Site, link: Link) -> None:
    """In a reconnection each attempt is one connection."""
    tunnel = world.over(link, site, 1, reconnect={"attempts": 3, "first_delay": 0.01})
    link.door.serve = says(b"", 100)
    site.stop()
    world.wait_for_state("failed")
    assert (link.door.seen, tunnel.status().error and tunnel.status().error.code) == (4, "handshake-failed")


def test_pauses_grow_within_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses double, vary, and end before the limit."""
    time = 0.0
    monkeypatch.setattr("tunnel_impl.life.retries.now", lambda: time)
    pauses: list[float] = []
    for pause in Retries(3):
        pauses.append(pause)
        time += pause
    assert sum(pauses) <= 3
    assert all(0.5 * 0.2 * 2**n <= pause <= 1.5 * 0.2 * 2**n for n, pause in enumerate(pauses))
    assert len(pauses) >= 2
