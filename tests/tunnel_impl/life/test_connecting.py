"""Reaching a server and logging in."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from typing import TYPE_CHECKING

import pytest

from tunnel_impl import PromptQuestion, TunnelError

if TYPE_CHECKING:
    from ..world import World


def refusal(world: World, *arguments: object, **changes: object) -> TunnelError:
    """Return why a tunnel does not open."""
    with pytest.raises(TunnelError) as caught:
        world.open(*arguments, **changes)
    return caught.value


def test_password(world: World) -> None:
    """The right password connects; it is sent once."""
    site, target = world.site(), world.target()
    tunnel = world.open(site, target.port)
    assert (tunnel.status().state, site.credentials) == ("connected", [site.password])


def test_wrong_password(world: World) -> None:
    """A wrong password is auth-failed at hop 0, is tried once, and leaves nothing open."""
    site = world.site()
    error = refusal(world, site, 1, auth={"method": "password", "password": "wrong"})
    assert (error.code, error.hop, site.credentials) == ("auth-failed", 0, ["wrong"])


def test_password_by_prompts(world: World) -> None:
    """Where only keyboard-interactive is offered, the password answers its one hidden prompt."""
    site = world.site()
    site.password_offered, site.rounds, site.responses = False, [[("Password: ", False)]], [site.password]
    assert world.open(site, 1).status().state == "connected"


def test_password_is_kept_from_other_prompts(world: World) -> None:
    """A prompt for a code is put to the user, and never gets the password."""
    site = world.site()
    site.password_offered, site.rounds, site.responses = False, [[("Verification code: ", False)]], ["accept"]
    world.open(site, 1)
    assert PromptQuestion(0, "Verification code: ", echo=False) in world.questions
    assert site.password not in site.credentials


@pytest.mark.parametrize("kind", ["ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp521", "ssh-rsa"])
def test_key(world: World, kind: str) -> None:
    """A key of each type logs in."""
    site = world.site()
    key, file = world.key(kind)
    site.authorize(key)
    assert world.open(site, 1, auth={"method": "key", "file": str(file)}).status().state == "connected"


def test_unknown_key(world: World) -> None:
    """A key the server does not know is auth-failed, and no password is tried instead."""
    site = world.site()
    site.authorize(world.key()[0])
    key, file = world.key()
    error = refusal(world, site, 1, auth={"method": "key", "file": str(file)})
    assert (error.code, set(site.credentials)) == ("auth-failed", {key.get_fingerprint()})


def test_missing_key_file(world: World) -> None:
    """A missing key file is told before any connection is made."""
    link = world.link(1)
    site = world.site()
    site.port = link.port
    error = refusal(world, site, 1, auth={"method": "key", "file": str(world.folder / "none")})
    assert (error.code, link.door.seen) == ("key-not-found", 0)


def test_method_not_offered(world: World) -> None:
    """A password for a server that takes only keys is refused without being sent; the message names the methods."""
    site = world.site()
    site.password_offered = False
    site.authorize(world.key()[0])
    error = refusal(world, site, 1)
    assert (error.code, site.credentials) == ("auth-failed", [])
    assert "publickey" in error.message


def test_connection_refused(world: World) -> None:
    """A closed port is connection-refused and names the address."""
    site = world.site()
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        site.port = closed.getsockname()[1]
        error = refusal(world, site, 1)
    assert error.code == "connection-refused"
    assert str(site.port) in error.message


def test_unknown_name(world: World) -> None:
    """A name without an address is dns-failed."""
    site = world.site()
    error = refusal(world, site, 1, ssh={"host": "no-such-host.invalid", "user": "x"})
    assert error.code == "dns-failed"


def test_silent_server(world: World) -> None:
    """A server that accepts and says nothing is a timeout within the stage's limit."""

    async def silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        del writer
        await reader.read()

    site = world.site()
    site.port = world.target(silence).port
    began = time.monotonic()
    error = refusal(world, site, 1, timeouts={"connect": 2})
    assert (error.code, time.monotonic() - began < 4) == ("timeout", True)


def test_the_stages_of_connecting_share_one_limit(world: World) -> None:
    """A banner after 1.2 s leaves 0.8 of 2 s for the keys; a limit for each stage would end after 3.2 s."""

    async def late(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(1.2)
        writer.write(b"SSH-2.0-late\r\n")
        await reader.read()

    site = world.site()
    site.port = world.target(late).port
    began = time.monotonic()
    error = refusal(world, site, 1, timeouts={"connect": 2})
    assert (error.code, time.monotonic() - began < 3.1) == ("timeout", True)


def test_not_an_ssh_server(world: World) -> None:
    """Something that is no SSH server is handshake-failed."""

    async def http(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        del reader
        writer.write(b"HTTP/1.1 400 Bad Request\r\n" * 101)

    site = world.site()
    site.port = world.target(http).port
    assert refusal(world, site, 1).code == "handshake-failed"


def test_hang_up_before_the_banner(world: World) -> None:
    """A server that hangs up at once (MaxStartups) is handshake-failed."""

    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        del reader, writer

    site = world.site()
    site.port = world.target(hang_up).port
    assert refusal(world, site, 1).code == "handshake-failed"


def test_close_while_connecting(world: World) -> None:
    """Closing a tunnel that is still connecting ends its open at once, as cancelled."""
    arrived = threading.Event()

    async def silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        del writer
        arrived.set()
        await reader.read()

    site = world.site()
    site.port = world.target(silence).port
    tunnel = world.tunnel(world.profile(site, 1))
    errors: list[TunnelError] = []

    def open_it() -> None:
        with pytest.raises(TunnelError) as caught:
            tunnel.open()
        errors.append(caught.value)

    opening = threading.Thread(target=open_it)
    opening.start()
    assert arrived.wait(5)
    began = time.monotonic()
    tunnel.close()
    opening.join(5)
    assert (errors[0].code, tunnel.status().state) == ("cancelled", "closed")
    assert time.monotonic() - began < 2


def test_test_leaves_nothing(world: World) -> None:
    """``test`` logs in and disconnects: no listener, no session."""
    site = world.site()
    tunnel = world.tunnel(world.profile(site, 1))
    tunnel.test()
    assert site.credentials == [site.password]
    assert tunnel.status().endpoint is None
    assert site.changed.wait(5)
    assert site.sessions == []


def test_concurrent_opens_are_one(world: World) -> None:
    """Many calls of ``open`` at once make one session and return one endpoint."""
    site = world.site()
    tunnel = world.tunnel(world.profile(site, 1))
    endpoints = []
    threads = [threading.Thread(target=lambda: endpoints.append(tunnel.open())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert (len(set(endpoints)), len(endpoints), len(site.sessions)) == (1, 8, 1)
