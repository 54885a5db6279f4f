"""Loss, reconnection and the end."""

from __future__ import annotations

import itertools
import socket
import threading
import time
from typing import TYPE_CHECKING

import asyncssh
import pytest

from tunnel_impl import TunnelError

if TYPE_CHECKING:
    from tunnel_impl import Tunnel

    from ..bastion import Site
    from ..link import Link, Port
    from ..world import World


def over(world: World, link: Link, site: Site, target: Port, **changes: object) -> Tunnel:
    """Open a tunnel that reaches ``site`` over ``link``."""
    ssh = {"host": "127.0.0.1", "port": link.port, "user": site.user}
    return world.open(site, target.port, ssh=ssh, **changes)


def test_reconnects_on_the_same_port(world: World, site: Site, link: Link, target: Port) -> None:
    """A cut link closes the connections at once; when it is mended, the same port works again."""
    tunnel = over(world, link, site, target, reconnect={"attempts": 100, "first_delay": 0.05, "max_delay": 0.1})
    endpoint = tunnel.status().endpoint
    with world.connect(tunnel) as sock:
        sock.sendall(b"x")
        assert sock.recv(1) == b"x"
        link.cut()
        assert world.ends(sock)
    world.wait_for_state("reconnecting")
    link.mend()
    world.wait_for_state("connected", times=2)
    assert world.echoes(tunnel)
    assert (tunnel.status().endpoint, tunnel.status().error) == (endpoint, None)
    assert ("reconnecting", "connection-lost") in world.states


def test_silence_is_noticed_in_time(world: World, site: Site, link: Link, target: Port) -> None:
    """A server that falls silent is dead after count to count + 1 intervals; its connections are closed."""
    tunnel = over(world, link, site, target, keepalive={"interval": 1, "count": 2})
    with world.connect(tunnel) as sock:
        sock.sendall(b"x")
        assert sock.recv(1) == b"x"
        began = time.monotonic()
        link.stall()
        assert world.ends(sock)
        assert 2 < time.monotonic() - began < 6
    link.resume()
    world.wait_for_state("connected", times=2)
    assert world.echoes(tunnel)


def test_answered_probes_keep_the_tunnel(world: World, site: Site, link: Link, target: Port) -> None:
    """An idle tunnel whose server answers stays connected; its probes are an interval apart."""
    over(world, link, site, target, keepalive={"interval": 2, "count": 2})
    before = len(link.sent_by_client)
    world.eventually(lambda: len(link.sent_by_client) >= before + 3)
    probes = link.sent_by_client[before:]
    assert all(later - sooner > 1 for sooner, later in itertools.pairwise(probes))
    assert world.states == [("connecting", None), ("connected", None)]


def test_connections_wait_for_the_reconnection(world: World, site: Site, target: Port) -> None:
    """A connection made while the tunnel is down is served once it is up again."""
    reconnect = {"attempts": 100, "first_delay": 0.2, "max_delay": 0.2}
    tunnel = world.open(site, target.port, reconnect=reconnect)
    site.stop()
    world.wait_for_state("reconnecting")
    with world.connect(tunnel) as sock:
        sock.sendall(b"patience")
        sock.shutdown(socket.SHUT_WR)
        site.start(*site.host_keys)
        assert world.read_all(sock) == b"patience"


def test_connections_do_not_wait_for_ever(world: World, site: Site, target: Port) -> None:
    """A connection made while the tunnel is down is closed after its limit."""
    tunnel = world.open(site, target.port, reconnect={"attempts": 9, "first_delay": 9}, timeouts={"open": 0.3})
    site.stop()
    world.wait_for_state("reconnecting")
    began = time.monotonic()
    with world.connect(tunnel) as sock:
        assert world.ends(sock)
    assert 0.2 < time.monotonic() - began < 5


def test_gives_up_after_its_attempts(world: World, site: Site, link: Link, target: Port) -> None:
    """When all attempts failed the tunnel is failed, says why, and listens no more."""
    tunnel = over(world, link, site, target)
    endpoint = tunnel.status().endpoint
    assert endpoint
    link.cut()
    world.wait_for_state("failed")
    assert world.states[-1] == ("failed", "connection-refused")
    world.eventually(lambda: not listens(endpoint.port))


def test_no_attempts(world: World, site: Site, target: Port) -> None:
    """With no attempts a loss fails the tunnel at once."""
    world.open(site, target.port, reconnect={"attempts": 0})
    site.stop()
    world.wait_for_state("failed")
    assert world.states == [("connecting", None), ("connected", None), ("failed", "connection-lost")]


def test_refused_login_is_final(world: World, site: Site, target: Port) -> None:
    """A reconnection whose login is refused is not tried again."""
    world.open(site, target.port, reconnect={"attempts": 9, "first_delay": 0.05})
    sent = len(site.credentials)
    site.stop()
    site.password = "changed meanwhile"
    site.start(*site.host_keys)
    world.wait_for_state("failed")
    assert (world.states[-1], len(site.credentials) - sent) == (("failed", "auth-failed"), 1)


def test_changed_host_key_is_final(world: World, site: Site, target: Port) -> None:
    """A host key that changed between two connections and is rejected ends the tunnel, with no credential sent."""
    world.open(site, target.port, reconnect={"attempts": 9, "first_delay": 0.05})
    sent = len(site.credentials)
    world.answer = "reject"
    site.stop()
    site.start(asyncssh.generate_private_key("ssh-ed25519"))
    world.wait_for_state("failed")
    assert (world.states[-1], len(site.credentials) - sent) == (("failed", "host-key-changed"), 0)


def test_close_during_backoff(world: World, site: Site, target: Port) -> None:
    """After a close between two attempts nobody connects again."""
    link = world.link(site.port)
    tunnel = over(world, link, site, target, reconnect={"attempts": 9, "first_delay": 5, "max_delay": 5})
    site.stop()
    world.wait_for_state("reconnecting")
    seen = link.door.seen
    began = time.monotonic()
    tunnel.close()
    assert time.monotonic() - began < 2
    world.eventually(lambda: not any(thread.name.startswith("tunnel-") for thread in threading.enumerate()))
    assert (tunnel.status().state, link.door.seen) == ("closed", seen)


@pytest.mark.parametrize("frozen", [False, True])
def test_close_with_busy_connections(world: World, site: Site, link: Link, target: Port, *, frozen: bool) -> None:
    """A close ends connections in the middle of a transfer, within two seconds, also when the server is silent."""
    tunnel = over(world, link, site, target)
    endpoint = tunnel.status().endpoint
    assert endpoint
    with world.connect(tunnel) as sock:
        sock.sendall(b"x")
        assert sock.recv(1) == b"x"
        if frozen:
            link.stall()
        sock.setblocking(False)
        world.eventually(lambda: fills(sock))
        began = time.monotonic()
        tunnel.close()
        assert time.monotonic() - began < 2
        sock.settimeout(5)
        assert world.drains(sock)
    assert not listens(endpoint.port)
    tunnel.close()
    assert tunnel.status().state == "closed"


def test_slow_question_is_not_timed(world: World, site: Site, target: Port) -> None:
    """The time that a question waits for its user is not counted."""
    answered = threading.Event()

    def ask(question: object) -> str:
        del question
        answered.wait(4)
        return "accept"

    world.ask = ask  # type: ignore[method-assign]
    assert world.open(site, target.port, timeouts={"connect": 3}).status().state == "connected"


def test_explicit_port_in_use(world: World, site: Site, target: Port) -> None:
    """A local port that somebody has is port-in-use, and the session is not left open."""
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(TunnelError) as caught:
        world.open(site, target.port, local={"port": taken.getsockname()[1]})
    assert caught.value.code == "port-in-use"
    world.eventually(lambda: site.sessions == [])


def test_chosen_ports(world: World, site: Site, target: Port) -> None:
    """Port 0 is a free one from 60000 up to 65000, on loopback only."""
    first, second = (world.open(site, target.port).status().endpoint for _ in range(2))
    assert first
    assert second
    assert {first.host, second.host} == {"127.0.0.1"}
    assert len({first.port, second.port} & set(range(60000, 65001))) == 2


def listens(port: int) -> bool:
    """Tell whether somebody accepts connections on a local port."""
    with socket.socket() as sock:
        return sock.connect_ex(("127.0.0.1", port)) == 0


def fills(sock: socket.socket) -> bool:
    """Send until nothing more is taken."""
    try:
        for _ in range(64):
            sock.send(b"x" * (1 << 16))
    except BlockingIOError:
        return True
    return False


def test_two_hops(world: World, target: Port) -> None:
    """Each hop is checked under its own name and logs in with its own key; the last one reaches the target."""
    first, last = world.site(), world.site()
    key, file = world.key()
    first.authorize(key)
    jump = {"host": "127.0.0.1", "port": first.port, "user": "me", "auth": {"method": "key", "file": str(file)}}
    tunnel = world.open(last, target.port, jumps=[jump])
    assert world.echoes(tunnel, b"x" * (1 << 20))
    assert [(question.hop, question.port) for question in world.questions] == [(0, first.port), (1, last.port)]
    assert first.channels == [("127.0.0.1", last.port)]


def test_jump_that_cannot_reach_the_next(world: World, target: Port) -> None:
    """A jump host that cannot reach the next hop is jump-failed, with the hop that was not reached."""
    first, last = world.site(), world.site()
    key, file = world.key()
    first.authorize(key)
    first.refusal = asyncssh.ChannelOpenError(asyncssh.OPEN_CONNECT_FAILED, "Connection refused")
    jump = {"host": "127.0.0.1", "port": first.port, "user": "me", "auth": {"method": "key", "file": str(file)}}
    with pytest.raises(TunnelError) as caught:
        world.open(last, target.port, jumps=[jump])
    assert (caught.value.code, caught.value.hop) == ("jump-failed", 1)


def test_loss_of_the_first_hop(world: World, target: Port) -> None:
    """When the first hop dies the whole chain goes down, told as that hop's loss, and comes back."""
    first, last = world.site(), world.site()
    key, file = world.key()
    first.authorize(key)
    jump = {"host": "127.0.0.1", "port": first.port, "user": "me", "auth": {"method": "key", "file": str(file)}}
    reconnect = {"attempts": 100, "first_delay": 0.05, "max_delay": 0.1}
    tunnel = world.open(last, target.port, jumps=[jump], reconnect=reconnect)
    with world.connect(tunnel) as sock:
        sock.sendall(b"x")
        assert sock.recv(1) == b"x"
        first.stop()
        assert world.ends(sock)
    first.start(*first.host_keys)
    world.wait_for_state("connected", times=2)
    assert world.echoes(tunnel)
    world.eventually(lambda: len(last.sessions) == 1)
