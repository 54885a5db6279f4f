"""Where a tunnel listens and leads, and by which address it reaches its server."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING

import asyncssh
import pytest

from tunnel_impl import TunnelError

from ..link import echo

if TYPE_CHECKING:
    from ..world import World


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_the_endpoint_is_connectable_as_given(world: World, host: str) -> None:
    """The endpoint is an address of the host that the profile gave, and the first connection to it works."""
    tunnel = world.open(world.site(), world.target().port, local={"host": host})
    endpoint = tunnel.status().endpoint
    assert endpoint
    assert (endpoint.host, world.echoes(tunnel)) == ("127.0.0.1" if host == "localhost" else host, True)


def test_localhost_is_every_loopback_address(world: World) -> None:
    """Clients that try only one family of addresses reach a tunnel at localhost."""
    endpoint = world.open(world.site(), 1, local={"host": "localhost"}).status().endpoint
    assert endpoint
    for address in ("127.0.0.1", "::1"):
        socket.create_connection((address, endpoint.port), 5).close()


def test_localhost_needs_the_port_in_both_families(world: World) -> None:
    """A port that somebody has at ::1 is not a port of localhost."""
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as taken, pytest.raises(TunnelError) as caught:
        world.open(world.site(), 1, local={"host": "localhost", "port": taken.getsockname()[1]})
    assert caught.value.code == "port-in-use"


def test_a_socket_as_the_target(world: World) -> None:
    """A Unix domain socket of the server is reached by its path."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await echo(reader, writer)
        writer.close()

    path = str(world.folder / "db.sock")
    server = world.loop.run(asyncio.start_unix_server(serve, path))
    site = world.site()
    assert world.echoes(world.open(site, 1, target={"path": path}))
    assert site.channels == [(path, 0)]
    world.loop.loop.call_soon_threadsafe(server.close)


@pytest.mark.parametrize(
    ("reason", "code"),
    [(asyncssh.OPEN_CONNECT_FAILED, "forward-refused"), (asyncssh.OPEN_UNKNOWN_CHANNEL_TYPE, "forward-prohibited")],
)
def test_a_socket_that_cannot_be_reached(world: World, reason: int, code: str) -> None:
    """A refused socket closes the connection and says what to ask the administrator for."""
    site = world.site()
    site.refusal = asyncssh.ChannelOpenError(reason, "open failed")
    tunnel = world.open(site, 1, target={"path": "/run/none.sock"})
    with world.connect(tunnel) as sock:
        assert world.ends(sock)
    error = tunnel.status().error
    assert error
    assert (error.code, "AllowStreamLocalForwarding" in error.message) == (code, True)


def test_the_name_is_looked_up_each_time(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reconnection looks the server's name up again, and tries each of its addresses."""
    site = world.site()
    link = world.link(site.port)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        dead = closed.getsockname()[1]
        ports = [link.port]
        look_up = socket.getaddrinfo

        def moving(host: str, port: int, *rest: int, **more: int) -> list[object]:
            if host != "bastion.test":
                return [*look_up(host, port, *rest, **more)]
            if more.get("flags"):
                raise socket.gaierror
            return [(socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", one)) for one in ports]

        monkeypatch.setattr(socket, "getaddrinfo", moving)
        tunnel = world.open(site, world.target().port, ssh={"host": "bastion.test", "port": 22, "user": site.user})
        ports[:] = [dead, site.port]
        link.cut()
        world.wait_for_state("connected", times=2)
        assert world.echoes(tunnel)


def test_no_credential(world: World) -> None:
    """A server that wants none lets the tunnel in by the method ``none``, and gets none."""
    site = world.site()
    site.anyone = True
    assert (world.open(site, 1, auth={"method": "none"}).status().state, site.credentials) == ("connected", [])


def test_no_credential_where_one_is_wanted(world: World) -> None:
    """A server that wants a credential is auth-failed, and the message names what it takes."""
    with pytest.raises(TunnelError, match="password") as caught:
        world.open(world.site(), 1, auth={"method": "none"})
    assert caught.value.code == "auth-failed"
