from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import asyncssh
import paramiko
import pytest

from harness.errors import NotRun
from harness.faults.model import Stall
from harness.world.fabric import Prompt
from harness.world.host_keys import make as make_host_key


def seen(world: Any, *kinds: str) -> list[tuple[str, str]]:
    """Return these kinds of events with their method."""
    return [(event.kind, event.detail["method"]) for event in world.events("bastion") if event.kind in kinds]


AUTH = ("auth-tried", "auth-ok", "auth-failed")


def test_a_key_logs_in_and_is_told_once(user: Any, world: Any) -> None:
    """An authorised key is one try and one success, however many messages it takes."""
    user.login()
    assert seen(world, *AUTH) == [("auth-tried", "publickey"), ("auth-ok", "publickey")]
    assert world.sessions("bastion") == 1


def test_a_password_logs_in(user: Any, world: Any) -> None:
    """The right password is one try and one success."""
    assert user.greet().auth_password("alice", "open sesame") == []
    assert seen(world, *AUTH) == [("auth-tried", "password"), ("auth-ok", "password")]


def test_what_comes_by_a_method_that_is_not_offered_is_told(user: Any, world: Any, timeline: Any) -> None:
    """A password that a server never asked for was shown to it, though nobody looked at it."""
    world.begin(timeline, {"bastion": replace(world.setup("bastion"), methods="publickey")})
    with pytest.raises(paramiko.SSHException):
        user.greet().auth_password("alice", "open sesame", fallback=False)
    assert seen(world, "auth-asked", "auth-tried") == [("auth-asked", "password")]


@pytest.mark.parametrize(("name", "password"), [("alice", "wrong"), ("bob", "open sesame")])
def test_a_wrong_password_or_user_is_refused(user: Any, world: Any, name: str, password: str) -> None:
    """Both are a failure, and nobody is in."""
    with pytest.raises(paramiko.AuthenticationException):
        user.greet().auth_password(name, password, fallback=False)
    assert seen(world, *AUTH) == [("auth-tried", "password"), ("auth-failed", "password")]
    assert world.sessions("bastion") == 0


def test_an_unknown_key_is_refused(user: Any, world: Any) -> None:
    """A key that is not authorised is a failure."""
    with pytest.raises(paramiko.AuthenticationException):
        user.greet().auth_publickey("alice", paramiko.RSAKey.generate(1024))
    assert seen(world, *AUTH) == [("auth-tried", "publickey"), ("auth-failed", "publickey")]


class NeverSigned(Exception):
    """The client went away when it was to sign."""


def test_asking_whether_a_key_would_do_shows_nothing(user: Any, world: Any) -> None:
    """The server says yes, and is told no more: the client could not read the private half (RFC 4252, section 7)."""
    (pair,) = asyncssh.load_keypairs([asyncssh.import_private_key(user.private_key)])

    def sign(_data: bytes) -> bytes:
        raise NeverSigned

    pair.sign = sign  # type: ignore[method-assign]

    async def ask() -> None:
        host, port = world.address("bastion")
        await asyncssh.connect(host, port, username="alice", client_keys=[pair], known_hosts=None, config=None)

    with pytest.raises(NeverSigned):
        asyncio.run(ask())
    assert seen(world, *AUTH) == []


def test_a_key_that_was_asked_about_first_is_one_try(user: Any, world: Any) -> None:
    """As OpenSSH's client does it."""
    key = asyncssh.import_private_key(user.private_key)

    async def log_in() -> None:
        host, port = world.address("bastion")
        async with asyncssh.connect(host, port, username="alice", client_keys=[key], known_hosts=None, config=None):
            pass

    asyncio.run(log_in())
    assert seen(world, *AUTH) == [("auth-tried", "publickey"), ("auth-ok", "publickey")]


def test_no_event_tells_a_secret(user: Any, world: Any, timeline: Any) -> None:
    """Neither events nor the timeline hold the password that was tried."""
    with pytest.raises(paramiko.AuthenticationException):
        user.greet().auth_password("alice", "my own secret", fallback=False)
    assert "my own secret" not in str(world.events("bastion")) + str(timeline.entries())


def test_asking_for_the_methods_is_no_try(user: Any, world: Any) -> None:
    """The method none is not told as a credential."""
    with pytest.raises(paramiko.BadAuthenticationType) as refused:
        user.greet().auth_none("alice")
    assert set(refused.value.allowed_types) == {"publickey", "password"}
    assert seen(world, *AUTH) == []


def test_without_a_password_none_is_offered(user: Any, world: Any, timeline: Any, setup: Any) -> None:
    """A setup without a password turns password logins off."""
    world.begin(timeline, {"bastion": replace(setup, password=None)})
    with pytest.raises(paramiko.BadAuthenticationType) as refused:
        user.greet().auth_none("alice")
    assert refused.value.allowed_types == ["publickey"]


def test_two_methods_in_order_need_both(user: Any, world: Any, timeline: Any, setup: Any) -> None:
    """publickey,password is a partial success after the key, and nobody is in before the password."""
    world.begin(timeline, {"bastion": replace(setup, methods="publickey,password")})
    transport = user.greet()
    assert transport.auth_publickey("alice", user.key) == ["password"]
    assert world.sessions("bastion") == 0
    assert transport.auth_password("alice", "open sesame") == []
    assert world.sessions("bastion") == 1
    assert seen(world, "auth-ok") == [("auth-ok", "password")]


def test_a_list_that_begins_otherwise_stays(user: Any, world: Any, timeline: Any, setup: Any) -> None:
    """Sshd crosses a method off the lists that begin with it, and leaves the others as they are."""
    methods, dialogue = "password,publickey keyboard-interactive", ((Prompt("Color? ", "=red"),),)
    world.begin(timeline, {"bastion": replace(setup, methods=methods, dialogue=dialogue)})
    assert set(user.greet().auth_password("alice", "open sesame")) == {"publickey", "keyboard-interactive"}


def test_the_same_key_does_not_count_twice(user: Any, world: Any, timeline: Any, setup: Any) -> None:
    """publickey,publickey needs two different keys."""
    other = make_host_key("ecdsa")
    keys = (*setup.authorized_keys, other.public)
    world.begin(timeline, {"bastion": replace(setup, authorized_keys=keys, methods="publickey,publickey")})
    transport = user.greet()
    assert transport.auth_publickey("alice", user.key) == ["publickey"]
    with pytest.raises(paramiko.AuthenticationException):
        transport.auth_publickey("alice", user.key)
    assert world.sessions("bastion") == 0


def test_too_many_failures_end_the_connection(user: Any, world: Any, timeline: Any, setup: Any) -> None:
    """MaxAuthTries failures are answered by a disconnect that says so."""
    world.begin(timeline, {"bastion": replace(setup, policy={"MaxAuthTries": "2"})})
    transport = user.greet()
    for _ in range(2):
        with pytest.raises(paramiko.SSHException):
            transport.auth_password("alice", "wrong", fallback=False)
    assert not transport.is_active()
    assert len(seen(world, "auth-failed")) == 2


def test_a_policy_that_is_not_obeyed_is_not_run(world: Any, timeline: Any, setup: Any) -> None:
    """A keyword that the embedded bastion does not know is a reason not to run, naming it."""
    with pytest.raises(NotRun, match=r"bastion: .* does not support Banner"):
        world.begin(timeline, {"bastion": replace(setup, policy={"Banner": "none"})})


def test_the_client_alive_policy_ends_a_silent_session(
    user: Any, world: Any, timeline: Any, setup: Any, until: Any
) -> None:
    """A client that does not answer is disconnected after ClientAliveInterval times the count."""
    policy = {"ClientAliveInterval": "1", "ClientAliveCountMax": "1"}
    world.begin(timeline, {"bastion": replace(setup, policy=policy)})
    user.login()
    world.inject(Stall("to-bastion"))
    until(lambda: world.sessions("bastion") == 0)


def test_the_method_none_lets_anyone_in(user: Any, world: Any, timeline: Any, setup: Any) -> None:
    """No credential is shown, and a channel opens; another user is not let in."""
    world.begin(timeline, {"bastion": replace(setup, anyone=True)})
    transport = user.greet()
    assert transport.auth_none("alice") == []
    assert user.channel(transport)
    kinds = [event.kind for event in world.events("bastion")]
    assert (kinds.count("auth-tried"), kinds.count("auth-ok")) == (0, 1)
    assert world.sessions("bastion") == 1
    with pytest.raises(paramiko.BadAuthenticationType):
        user.greet().auth_none("bob")


def test_who_lets_anyone_in_still_checks_what_is_shown(user: Any, world: Any, timeline: Any, setup: Any) -> None:
    """A wrong password is wrong, and a key is a key."""
    world.begin(timeline, {"bastion": replace(setup, anyone=True)})
    transport = user.greet()
    with pytest.raises(paramiko.AuthenticationException):
        transport.auth_password("alice", "wrong", fallback=False)
    assert transport.auth_none("alice") == []
    assert user.login().is_active()
