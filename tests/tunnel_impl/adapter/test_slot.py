"""A name that is asked for again: one tunnel, one session, and an endpoint that something is behind."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING, Any

import asyncssh
import pytest

from tunnel_impl import Endpoint, Profile, Tunnel, TunnelError
from tunnel_impl.adapter.asking import Asker, Questions
from tunnel_impl.adapter.slot import TunnelSlot

if TYPE_CHECKING:
    from collections.abc import Callable

    from tunnel_impl.status import OnState

    from ..bastion import Site
    from ..link import Link, Port
    from ..world import World


class Caller:
    """A slot, and who asks for it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.tunnels: list[Tunnel] = []
        self.slot = TunnelSlot(self._make, lambda: Questions(lambda _: None).asker("t"))
        world.at_end(self.slot.close)

    def _make(self, profile: Profile, asker: Asker, on_state: OnState) -> Tunnel:
        del asker
        self.tunnels.append(Tunnel(profile, self.world.ask, on_state))
        return self.tunnels[-1]

    def ask(self, profile: Profile) -> Callable[[], Endpoint]:
        return self.slot.admit(profile, self.world._on_state)

    def open(self, profile: Profile) -> Endpoint:
        return self.ask(profile)()

    def refusal(self, profile: Profile) -> TunnelError:
        with pytest.raises(TunnelError) as caught:
            self.open(profile)
        return caught.value

    def echoes(self, data: bytes = b"hello") -> bool:
        """Tell whether the tunnel that has the slot carries bytes."""
        return self.world.echoes(self.slot, data)  # type: ignore[arg-type]  # it has a status, as a tunnel has


@pytest.fixture
def caller(world: World) -> Caller:
    """A slot where nobody has opened anything."""
    return Caller(world)


@pytest.fixture
def profile(world: World, site: Site, target: Port) -> Profile:
    """The profile that works."""
    return world.profile(site, target.port)


def over(link: Link, site: Site, **more: Any) -> dict[str, Any]:
    """Return the changes for a profile that reaches ``site`` over ``link``."""
    return {"ssh": {"host": "127.0.0.1", "port": link.port, "user": site.user}, **more}


def together(calls: list[Callable[[], Endpoint]]) -> set[Endpoint]:
    """Make the calls at once; return what they returned."""
    found: list[Endpoint] = []
    threads = [threading.Thread(target=lambda call=call: found.append(call())) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(found) == len(calls)
    return set(found)


def test_asked_twenty_times_at_once(caller: Caller, site: Site, profile: Profile) -> None:
    """Twenty requests at once, and twenty more, share one login, one session and one endpoint."""
    first = together([caller.ask(profile) for _ in range(20)])
    assert together([caller.ask(profile) for _ in range(20)]) == first
    assert (len(first), len(site.sessions), len(caller.tunnels), len(site.credentials)) == (1, 1, 1, 1)


def test_failure_is_told_to_all(caller: Caller, world: World, site: Site) -> None:
    """When the one opening fails, everyone who shares it gets its error, and the next request tries anew."""
    bad = world.profile(site, 1, auth={"method": "password", "password": "wrong"})
    calls = [caller.ask(bad) for _ in range(5)]
    codes: list[str] = []

    def try_it(call: Callable[[], Endpoint]) -> None:
        with pytest.raises(TunnelError) as caught:
            call()
        codes.append(caught.value.code)

    threads = [threading.Thread(target=try_it, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert (codes, site.credentials) == (["auth-failed"] * 5, ["wrong"])
    assert (caller.refusal(bad).code, site.credentials) == ("auth-failed", ["wrong"] * 2)


def test_another_profile_takes_over(caller: Caller, world: World, site: Site, target: Port, profile: Profile) -> None:
    """Another profile keeps the endpoint, ends the old session and its connections, and tells no end of the tunnel."""
    endpoint = caller.open(profile)
    with world.connect(caller.tunnels[0]) as old:
        old.sendall(b"x")
        assert old.recv(1) == b"x"
        assert caller.open(world.profile(site, target.port, name="other")) == endpoint
        assert world.ends(old)
    assert caller.echoes()
    assert [state for state, _ in world.states] == ["connecting", "connected", "connected"]
    world.eventually(lambda: len(site.sessions) == 1)


@pytest.mark.parametrize(
    ("local", "same"), [({"port": 0}, True), ({}, True), ({"host": "::1"}, False), ({"host": "localhost"}, False)]
)
def test_which_endpoint_is_kept(
    caller: Caller, world: World, site: Site, target: Port, profile: Profile, local: dict[str, Any], *, same: bool
) -> None:
    """The endpoint stays where the new profile leaves the port open; another local host gets its own."""
    endpoint = caller.open(profile)
    new = caller.open(world.profile(site, target.port, name="other", local=local))
    assert (new == endpoint, caller.echoes()) == (same, True)


def test_the_same_port_by_its_number(caller: Caller, world: World, site: Site, target: Port, profile: Profile) -> None:
    """A profile that names the port of the old tunnel takes it over."""
    endpoint = caller.open(profile)
    assert caller.open(world.profile(site, target.port, local={"port": endpoint.port})) == endpoint
    assert caller.echoes()


def test_no_connection_is_refused_during_a_replacement(
    caller: Caller, world: World, site: Site, target: Port, profile: Profile
) -> None:
    """While replacements go on, the port accepts every connection.

    The server opens no channel for them: it would leave a socket of its own when its session ends in the middle.
    """
    endpoint = caller.open(profile)
    site.refusal = asyncssh.ChannelOpenError(asyncssh.OPEN_CONNECT_FAILED, "not now")
    accepted = 0
    for number in range(3):
        thread = threading.Thread(target=caller.open, args=(world.profile(site, target.port, name=f"n{number}"),))
        thread.start()
        while thread.is_alive():
            socket.create_connection((endpoint.host, endpoint.port), 5).close()
            accepted += 1
            thread.join(0.01)
    site.refusal = None
    assert accepted
    assert caller.echoes()


@pytest.mark.parametrize("flaw", ["password", "port"])
def test_failed_replacement(
    caller: Caller, world: World, site: Site, target: Port, profile: Profile, flaw: str
) -> None:
    """A profile that cannot open is answered with its error; the old tunnel and its connections go on, unheard of."""
    endpoint = caller.open(profile)
    changes: dict[str, Any] = {
        "password": {"auth": {"method": "password", "password": "wrong"}},
        "port": {"local": {"port": target.port}},
    }[flaw]
    with world.connect(caller.tunnels[0]) as held:
        code = caller.refusal(world.profile(site, target.port, **changes)).code
        assert code == {"password": "auth-failed", "port": "port-in-use"}[flaw]
        held.sendall(b"x")
        assert held.recv(1) == b"x"
    assert (caller.open(profile), [state for state, _ in world.states]) == (endpoint, ["connecting", "connected"])
    world.eventually(lambda: len(site.sessions) == 1)


def test_replacing_what_has_failed(caller: Caller, world: World, site: Site, profile: Profile) -> None:
    """After a failure any profile opens as if it were the first, and its states are told."""
    caller.refusal(world.profile(site, 1, auth={"method": "password", "password": "wrong"}))
    caller.open(profile)
    assert [state for state, _ in world.states] == ["connecting", "failed", "connecting", "connected"]


def test_close_ends_also_the_one_that_waits(caller: Caller, world: World, site: Site, target: Port) -> None:
    """A close during a replacement ends both tunnels; the replacement is cancelled."""
    first = world.profile(site, target.port)
    caller.open(first)
    silent = world.link(site.port)
    silent.stall()
    call = caller.ask(world.profile(site, target.port, **over(silent, site)))
    codes: list[str] = []

    def try_it() -> None:
        with pytest.raises(TunnelError) as caught:
            call()
        codes.append(caught.value.code)

    thread = threading.Thread(target=try_it)
    thread.start()
    world.eventually(lambda: silent.door.seen == 1)
    caller.slot.close()
    thread.join(5)
    assert (codes, caller.slot.status().state) == (["cancelled"], "closed")
    silent.resume()
    world.eventually(lambda: site.sessions == [])


def test_a_dead_session_is_not_handed_out(caller: Caller, world: World, site: Site, link: Link, target: Port) -> None:
    """A tunnel that is asked for while it is down reconnects at once, and answers when it works again."""
    reconnect = {"attempts": 2, "first_delay": 60, "max_delay": 60}
    profile = world.profile(site, target.port, **over(link, site), reconnect=reconnect)
    endpoint = caller.open(profile)
    link.cut()
    link.mend()
    assert caller.open(profile) == endpoint
    assert caller.echoes()


def test_a_frozen_session_is_not_handed_out(caller: Caller, world: World, site: Site, link: Link, target: Port) -> None:
    """A server that no longer answers is an error within the time to connect, before any keep-alive tells."""
    profile = world.profile(site, target.port, **over(link, site), timeouts={"connect": 3})
    caller.open(profile)
    link.stall()
    assert caller.refusal(profile).code == "timeout"
    link.resume()
    caller.open(profile)


def test_a_tunnel_that_stays_down_is_an_error(
    caller: Caller, world: World, site: Site, link: Link, target: Port
) -> None:
    """When the server does not come back in time, the answer is why; one attempt is made for all who ask."""
    reconnect = {"attempts": 5, "first_delay": 60, "max_delay": 60}
    profile = world.profile(site, target.port, **over(link, site), timeouts={"connect": 3}, reconnect=reconnect)
    caller.open(profile)
    link.cut()
    assert caller.refusal(profile).code == "connection-refused"
    assert caller.slot.status().state == "reconnecting"
