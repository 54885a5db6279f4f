"""Servers that let a user in and soon end the session: how often they get a credential."""

from __future__ import annotations

import time
from itertools import islice
from typing import TYPE_CHECKING

import pytest

from tunnel_impl import Parts, Tunnel
from tunnel_impl.life.backoff import Backoff
from tunnel_impl.profile import Reconnect
from tunnel_impl.ssh.session import Session

from ..bastion import Bastion

if TYPE_CHECKING:
    from collections.abc import Iterator

    from paramiko import Message

    from ..bastion import Site
    from ..world import World


def lose(site: Site) -> None:
    """End the sessions of a server from its side."""
    for session in list(site.sessions):
        site.loop.loop.call_soon_threadsafe(session.abort)


def test_sessions_that_end_after_the_login(world: World, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are attempts that failed: never connected, and after as many credentials as attempts the tunnel ends."""
    world.open(site, 1, reconnect={"attempts": 3, "first_delay": 0.01})
    monkeypatch.setattr(Bastion, "auth_completed", lambda bastion: bastion.conn.disconnect(11, "no shell for you"))
    lose(site)
    world.wait_for_state("failed")
    assert [state for state, _ in world.states] == ["connecting", "connected", "reconnecting", "failed"]
    assert len(site.credentials) == 1 + 3


class Noted(Backoff):
    noted: list[float]

    def delays(self) -> Iterator[float]:
        for delay in super().delays():
            self.noted.append(delay)
            yield delay


def test_sessions_that_end_a_little_later(world: World, site: Site) -> None:
    """The delays go on growing from one outage to the next, when the session between them was shorter than they."""

    class Curious(Tunnel):
        parts = Parts(backoff=Noted)

    Noted.noted = []
    reconnect = {"attempts": 2, "first_delay": 60, "max_delay": 500}
    tunnel = world.tunnel(world.profile(site, 1, reconnect=reconnect), Curious)
    tunnel.open()
    for outage in range(1, 5):
        lose(site)
        world.wait_for_state("reconnecting", times=outage)
        tunnel.open()
    assert Noted.noted == [60, 120, 240, 480]


def test_delays_begin_anew_after_a_session_that_lasted() -> None:
    """A session that outlived the delay before it makes the next outage begin at the first delay."""
    backoff = Backoff(Reconnect(10, 2, 120))
    assert list(islice(backoff.delays(), 2)) == [2, 4]
    backoff.session_lived(3)
    assert next(backoff.delays()) == 8
    backoff.session_lived(9)
    assert next(backoff.delays()) == 2


class Deaf(Session):
    def on_answer(self, message: Message) -> None:
        del message


class Uninformed(Tunnel):
    parts = Parts(session=Deaf)


def test_server_that_answers_no_request(world: World, site: Site) -> None:
    """With keep-alives off a server that answers no global request is reconnected to all the same."""
    changes = {"keepalive": {"interval": 0}, "timeouts": {"connect": 1}}
    world.tunnel(world.profile(site, 1, **changes), Uninformed).open()
    lose(site)
    world.wait_for_state("connected", times=2)


def test_close_while_an_answer_is_awaited(world: World, site: Site) -> None:
    """A close does not wait for the first sign of life of a new session."""
    tunnel = world.tunnel(world.profile(site, 1, timeouts={"connect": 60}), Uninformed)
    tunnel.open()
    lose(site)
    world.eventually(lambda: len(site.credentials) == 2)
    began = time.monotonic()
    tunnel.close()
    assert time.monotonic() - began < 2
    assert [state for state, _ in world.states] == ["connecting", "connected", "reconnecting", "closed"]
