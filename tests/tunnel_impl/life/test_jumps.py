"""Several hops: each with its own name, key and login, and each blamed for what it does itself."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import asyncssh
import pytest

from tunnel_impl import HostKeyQuestion, Tunnel, TunnelError

if TYPE_CHECKING:
    from ..bastion import Site
    from ..link import Link
    from ..world import World


class Route:
    """Three servers in a row, each behind a link."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.sites: list[Site] = [world.site() for _ in range(3)]
        self.links: list[Link] = [world.link(site.port) for site in self.sites]
        self.jumps: list[dict[str, Any]] = []
        for site, link in zip(self.sites[:2], self.links, strict=False):
            key, file = world.key()
            site.authorize(key)
            auth = {"method": "key", "file": str(file)}
            self.jumps.append({"host": "127.0.0.1", "port": link.port, "user": "me", "auth": auth})

    def open(self, target: int = 1, **changes: Any) -> Tunnel:
        ssh = {"host": "127.0.0.1", "port": self.links[2].port, "user": "me"}
        return self.world.open(self.sites[2], target, **({"ssh": ssh, "jumps": self.jumps} | changes))

    def fails(self, **changes: Any) -> TunnelError:
        with pytest.raises(TunnelError) as caught:
            self.open(**changes)
        return caught.value


@pytest.fixture
def route(world: World) -> Route:
    """Three hops."""
    return Route(world)


def test_three_hops(world: World, route: Route) -> None:
    """Each hop is asked about under its own port, and reached from the one before it."""
    target = world.target()
    assert world.echoes(route.open(target.port))
    ports = [question.port for question in world.questions if isinstance(question, HostKeyQuestion)]
    assert ports == [link.port for link in route.links]
    assert [site.channels[0][1] for site in route.sites] == [route.links[1].port, route.links[2].port, target.port]


@pytest.mark.parametrize("hop", [0, 1])
def test_refused_login(world: World, route: Route, hop: int) -> None:
    """A key that a hop does not know is auth-failed there; nothing is tried beyond it."""
    route.jumps[hop]["auth"]["file"] = str(world.key()[1])
    error = route.fails()
    assert (error.code, error.hop, route.links[hop + 1].door.seen) == ("auth-failed", hop, 0)


@pytest.mark.parametrize("hop", [0, 1, 2])
def test_changed_host_key(world: World, route: Route, hop: int) -> None:
    """A changed key of one hop alone is asked, and refused with its hop; that hop gets no credential."""
    route.open().close()
    site = route.sites[hop]
    site.stop()
    site.start(asyncssh.generate_private_key("ssh-ed25519"))
    site.credentials.clear()
    world.questions.clear()
    world.answer = "reject"
    error = route.fails()
    assert (error.code, error.hop, site.credentials) == ("host-key-changed", hop, [])
    assert [(question.hop, question.status) for question in world.questions] == [(hop, "changed")]  # type: ignore[union-attr]  # all are about keys


@pytest.mark.parametrize("hop", [0, 1])
def test_unknown_name_beyond_a_hop(route: Route, hop: int) -> None:
    """A later hop that cannot be reached is jump-failed, and named with its index."""
    refusal = asyncssh.ChannelOpenError(asyncssh.OPEN_CONNECT_FAILED, "Name or service not known")
    route.sites[hop].refusal = refusal
    error = route.fails()
    assert (error.code, error.hop) == ("jump-failed", hop + 1)
    assert str(route.links[hop + 1].port) in error.message


@pytest.mark.parametrize("hop", [0, 1, 2])
def test_missing_key(world: World, route: Route, hop: int) -> None:
    """A missing key file of any hop is told with its hop before anyone is connected."""
    missing = {"method": "key", "file": str(world.folder / "none")}
    if hop == 2:
        error = route.fails(auth=missing)
    else:
        route.jumps[hop]["auth"] = missing
        error = route.fails()
    assert (error.code, error.hop, route.links[0].door.seen) == ("key-not-found", hop, 0)


@pytest.mark.parametrize("hop", [0, 1, 2])
def test_frozen_hop(world: World, route: Route, hop: int) -> None:
    """A hop that falls silent is noticed within count + 1 intervals wherever it stands, and is the one blamed."""
    target = world.target()
    tunnel = route.open(target.port, keepalive={"interval": 2, "count": 2}, reconnect={"attempts": 0})
    with world.connect(tunnel) as sock:
        sock.sendall(b"x")
        assert sock.recv(1) == b"x"
        began = time.monotonic()
        route.links[hop].stall()
        assert world.ends(sock)
        assert 4 < time.monotonic() - began < 9
    world.wait_for_state("failed")
    error = tunnel.status().error
    assert error
    assert (error.code, error.hop) == ("connection-lost", hop)


@pytest.mark.parametrize("hop", [0, 1, 2])
def test_lost_hop(world: World, route: Route, hop: int) -> None:
    """A hop that dies takes the whole chain down, is the one blamed, and all of it comes back."""
    target = world.target()
    tunnel = route.open(target.port, reconnect={"attempts": 100, "first_delay": 0.05, "max_delay": 0.1})
    route.links[hop].cut()
    world.wait_for_state("reconnecting")
    world.eventually(lambda: not any(site.sessions for site in route.sites))
    error = tunnel.status().error
    route.links[hop].mend()
    world.wait_for_state("connected", times=2)
    assert world.echoes(tunnel)
    assert error
    assert error.hop == hop


def test_what_a_session_carries_ends_after_it(world: World) -> None:
    """A later hop hears of the end of its carrier when that counts as ended, so the right one is blamed."""
    site = world.site()
    link = world.link(site.port)
    ssh = {"host": "127.0.0.1", "port": link.port, "user": site.user}
    chain = world.open(site, 1, ssh=ssh, reconnect={"attempts": 0}).chain
    assert chain
    told: list[bool] = []
    chain.final.open_direct("127.0.0.1", world.target().port, 0, lambda: told.append(chain.final.ended))
    world.eventually(lambda: told == [False])
    link.cut()
    world.eventually(lambda: told[1:] != [])
    assert told[1:] == [True]


def test_first_hop_dies_while_the_user_is_asked(world: World, route: Route) -> None:
    """A hop that dies while a later one waits for its user is the one blamed, and nobody is asked again."""
    first, last = route.sites[0], route.sites[2]
    last.password_offered, last.rounds = False, [[("Riddle: ", True)]]

    def answer(question: object) -> str | None:
        if isinstance(question, HostKeyQuestion):
            return "accept"
        world.loop.loop.call_soon_threadsafe(first.sessions[0].abort)
        world.eventually(lambda: not last.sessions)
        over.wait(10)
        return None

    over = threading.Event()
    world.at_end(over.set)
    world.ask = answer  # type: ignore[method-assign]  # this test has its own user
    error = route.fails()
    over.set()
    world.eventually(lambda: all(thread.name != "tunnel-question" for thread in threading.enumerate()))
    assert (error.code, error.hop, error.passing) == ("connection-lost", 0, False)
