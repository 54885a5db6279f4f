"""What sshd_config(5) lets a bastion do to connections, seen from a client."""

from __future__ import annotations

import asyncio
import io
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import asyncssh
import paramiko
import pytest

from harness.faults.model import Stall
from harness.world.fabric import Delays

Obey = Callable[..., None]


@pytest.fixture
def obey(world: Any, timeline: Any, setup: Any) -> Obey:
    """Give what begins the world with a policy."""

    def begin(**policy: str) -> None:
        world.begin(timeline, {"bastion": replace(setup, policy=policy)})

    return begin


def echo(channel: paramiko.Channel, text: bytes) -> bytes:
    """Return what comes back for a text."""
    channel.sendall(text)
    answer: bytes = channel.recv(len(text))
    return answer


def echoing(user: Any, transport: paramiko.Transport) -> paramiko.Channel:
    """Return a channel that echoes."""
    channel: paramiko.Channel = user.channel(transport)
    channel.sendall(b"ECHO\n")
    assert echo(channel, b"a") == b"a"
    return channel


def count(world: Any, kind: str) -> int:
    """Return how many events of a kind the bastion saw."""
    return [event.kind for event in world.events("bastion")].count(kind)


# --- UnusedConnectionTimeout


def test_a_connection_without_a_channel_ends(user: Any, world: Any, obey: Obey, until: Any) -> None:
    """After the time it is closed; the clock starts with the login."""
    obey(UnusedConnectionTimeout="1s")
    began = time.monotonic()
    transport = user.login()
    until(lambda: not transport.is_active())
    assert 1 <= time.monotonic() - began < 3
    assert "terminating inactive connection" in [event.detail.get("text") for event in world.events("bastion")]


def test_a_connection_with_a_channel_goes_on_until_it_is_closed(user: Any, world: Any, obey: Obey, until: Any) -> None:
    """An idle channel is a use; the clock starts when the last one is gone."""
    obey(UnusedConnectionTimeout="1s")
    transport = user.login()
    channel = user.channel(transport)
    channel.sendall(b"DRIP 1 1500\n")
    assert len(channel.recv(1)) == 1
    closed = time.monotonic()
    channel.close()
    until(lambda: world.sessions("bastion") == 0)
    assert time.monotonic() - closed >= 0.9


# --- ChannelTimeout


def test_an_idle_channel_is_closed_and_its_session_goes_on(user: Any, world: Any, obey: Obey, until: Any) -> None:
    """The connection to the target ends with it, and another channel is welcome."""
    obey(ChannelTimeout="direct-tcpip=1s")
    transport = user.login()
    began = time.monotonic()
    channel = echoing(user, transport)
    assert channel.recv(1) == b""
    assert 0.9 <= time.monotonic() - began < 3
    until(lambda: [connection.open for connection in world.target_connections()] == [False])
    echoing(user, transport)
    assert world.sessions("bastion") == 1


def test_a_channel_with_traffic_either_way_stays(user: Any, obey: Obey) -> None:
    """Bytes from the target alone are enough."""
    obey(ChannelTimeout="session=3s direct-tcpip=3s")
    channel = user.channel(user.login())
    channel.sendall(b"DRIP 12 300\n")
    assert len(b"".join(channel.recv(1) for _ in range(12))) == 12


def test_another_types_timeout_leaves_a_channel_alone(user: Any, obey: Obey) -> None:
    """A time for sockets is none for ports."""
    obey(ChannelTimeout="direct-streamlocal@openssh.com=1s")
    channel = user.channel(user.login())
    channel.sendall(b"DRIP 1 1500\n")
    assert len(channel.recv(1)) == 1


# --- MaxSessions, MaxStartups


def test_forwarding_is_no_session(user: Any, world: Any, obey: Obey) -> None:
    """MaxSessions 0 forbids sessions and lets any number of channels through."""
    obey(MaxSessions="0")
    transport = user.login()
    for _ in range(3):
        echoing(user, transport)
    with pytest.raises(paramiko.ChannelException):
        transport.open_session(timeout=5)
    assert world.sessions("bastion") == 1


@pytest.mark.parametrize("startups", ["2", "2:100:4"])
def test_who_comes_past_max_startups_is_dropped(user: Any, world: Any, obey: Obey, startups: str) -> None:
    """The third at the door gets no SSH version, but a line and the end; who logged in does not count."""
    obey(MaxStartups=startups)
    user.login()
    waiting = [user.greet(), user.greet()]
    third = user.dial("to-bastion")
    assert third.recv(100) == b"Exceeded MaxStartups\r\n"
    assert third.recv(1) == b""
    assert count(world, "connected") == 3
    waiting[0].auth_publickey("alice", user.key)
    assert user.login().is_active()


def test_a_place_at_the_door_is_free_when_its_connection_ends(user: Any, obey: Obey, until: Any) -> None:
    """A connection that never logged in is counted no longer than it is open."""
    obey(MaxStartups="1")
    user.dial("to-bastion").close()

    def welcome() -> bool:
        return bytes(user.dial("to-bastion").recv(4)) == b"SSH-"

    until(welcome)


# --- PubkeyAcceptedAlgorithms


def with_rsa(world: Any, timeline: Any, setup: Any, *algorithms: str) -> paramiko.RSAKey:
    """Begin with an RSA key that may log in, and only these algorithms; return it."""
    key = paramiko.RSAKey.generate(2048)
    policy = {"PubkeyAcceptedAlgorithms": ",".join(algorithms)} if algorithms else {}
    keys = (*setup.authorized_keys, f"ssh-rsa {key.get_base64()}")
    world.begin(timeline, {"bastion": replace(setup, authorized_keys=keys, policy=policy)})
    return key


def log_in_by(user: Any, key: paramiko.RSAKey, *but_not: str) -> bool:
    """Tell whether ``key`` gets in without the algorithms ``but_not``."""
    transport = paramiko.Transport(user.dial("to-bastion"), disabled_algorithms={"pubkeys": list(but_not)})
    user._cleanup.callback(transport.close)
    transport.start_client(timeout=5)
    try:
        return bool(transport.auth_publickey("alice", key) == [])
    except paramiko.AuthenticationException:
        return False


SHA2 = ("rsa-sha2-512", "rsa-sha2-256")


@pytest.mark.parametrize(
    ("accepted", "without", "gets_in"),
    [
        ((), (), True),
        (SHA2, (), True),
        (("rsa-sha2-256",), ("rsa-sha2-512",), True),
        (("rsa-sha2-256",), (), False),
        (("ssh-ed25519",), (), False),
        (("rsa-sha2-256",), ("rsa-sha2-256",), False),
    ],
)
def test_only_accepted_algorithms_log_in(
    user: Any, world: Any, timeline: Any, setup: Any, accepted: Any, without: Any, gets_in: bool
) -> None:
    """RSA keys sign with SHA-2 by default; who takes the best that is announced may be refused, as by sshd."""
    key = with_rsa(world, timeline, setup, *accepted)
    assert log_in_by(user, key, *without) is gets_in


@pytest.mark.parametrize("accepted", ["ssh-rsa", "rsa-sha2-256", "rsa-sha2-512", "ssh-ed25519"])
def test_a_client_is_told_all_signatures(user: Any, world: Any, timeline: Any, setup: Any, accepted: str) -> None:
    """server-sig-algs (RFC 8308, section 3.1) does not depend on PubkeyAcceptedAlgorithms, as in sshd before 9.6."""
    with_rsa(world, timeline, setup, accepted)
    transport = user.greet()
    with pytest.raises(paramiko.SSHException):
        transport.auth_none("alice")
    announced = transport.server_extensions["server-sig-algs"].split(b",")
    assert {b"ssh-rsa", b"rsa-sha2-256", b"rsa-sha2-512", b"ssh-ed25519"} <= set(announced)


@pytest.mark.parametrize(
    ("accepted", "signs_by", "gets_in"),
    [
        ((), "ssh-rsa", False),
        (("ssh-rsa",), "ssh-rsa", True),
        (("ssh-rsa",), "rsa-sha2-256", False),
        (SHA2, "ssh-rsa", False),
        (SHA2, "rsa-sha2-512", True),
    ],
)
def test_a_client_that_does_not_ask_what_is_accepted_is_refused(
    world: Any, timeline: Any, setup: Any, monkeypatch: Any, accepted: Any, signs_by: str, gets_in: bool
) -> None:
    """The bastion looks at the algorithm of the signature itself; SHA-1 counts only where it is named."""
    key = with_rsa(world, timeline, setup, *accepted)

    def stubborn(_: object, keypair: asyncssh.SSHKeyPair) -> bool:
        keypair.set_sig_algorithm(signs_by.encode())
        return True

    monkeypatch.setattr(asyncssh.SSHClientConnection, "_choose_signature_alg", stubborn)
    text = io.StringIO()
    key.write_private_key(text)

    async def connect() -> bool:
        host, port = world.address("bastion")
        keys = [asyncssh.import_private_key(text.getvalue())]
        try:
            async with asyncssh.connect(
                host, port, username="alice", client_keys=keys, known_hosts=None, config=None, agent_path=None
            ):
                return True
        except asyncssh.PermissionDenied:
            return False

    assert asyncio.run(connect()) is gets_in


# --- RekeyLimit, ClientAliveInterval


def test_keys_are_renewed_after_so_many_bytes_down(user: Any, world: Any, obey: Obey, until: Any) -> None:
    """And the connection goes on; the channel stays, for paramiko ends one in the middle of an exchange of keys."""
    obey(RekeyLimit="100K")
    transport = user.login()
    channel = user.channel(transport)
    channel.sendall(b"HALF 400000 1\n")
    while channel.recv(1 << 16):
        pass
    until(lambda: count(world, "rekeyed") >= 2 and not transport.in_kex)
    echoing(user, transport)


def test_keys_are_renewed_after_so_many_bytes_up(user: Any, world: Any, obey: Obey, until: Any) -> None:
    """And the connection goes on. What comes before the new keys counts for them once, however much it is."""
    obey(RekeyLimit="100K")
    channel = user.channel(user.login())
    channel.sendall(b"SUM\n")
    for renewed in range(2):
        channel.sendall(bytes(200_000))
        until(lambda least=renewed + 1: count(world, "rekeyed") >= least)
    channel.shutdown_write()
    while channel.recv(1 << 16):
        pass
    echoing(user, channel.get_transport())


def test_keys_of_an_idle_session_are_renewed_after_a_time(user: Any, world: Any, obey: Obey, until: Any) -> None:
    """Nothing needs to pass; and again after the same time."""
    obey(RekeyLimit="default 1s")
    transport = user.login()
    until(lambda: count(world, "rekeyed") >= 2)
    assert count(world, "rekeying") >= 2
    echoing(user, transport)


def test_the_age_of_keys_counts_from_when_they_came(
    user: Any, world: Any, timeline: Any, setup: Any, until: Any
) -> None:
    """An exchange that takes longer than keys may last is not followed by another at once, as with sshd."""
    policy = {"RekeyLimit": "default 1s"}
    world.begin(timeline, {"bastion": replace(setup, policy=policy, delays=Delays(kex=1.2))})
    user.channel(user.login()).sendall(b"DRIP 1000 20\n")
    until(lambda: count(world, "rekeyed") == 1)
    assert count(world, "rekeying") == 1


def test_the_first_keys_are_not_told_as_new(user: Any, world: Any, until: Any) -> None:
    """A session that never had others was not rekeyed; one whose client asks for new keys was."""
    transport = user.login()
    assert count(world, "rekeying") == count(world, "rekeyed") == 0
    transport.renegotiate_keys()
    until(lambda: count(world, "rekeyed") == 1)


def test_a_client_that_answers_stays_alive(user: Any, world: Any, obey: Obey, until: Any) -> None:
    """It is asked every two seconds, and only silence ends its session."""
    obey(ClientAliveInterval="2", ClientAliveCountMax="1")
    transport = user.login()
    channel = user.channel(transport)
    channel.sendall(b"DRIP 1 4500\n")
    assert len(channel.recv(1)) == 1
    began = time.monotonic()
    world.inject(Stall("to-bastion"))
    until(lambda: world.sessions("bastion") == 0)
    assert time.monotonic() - began >= 2
