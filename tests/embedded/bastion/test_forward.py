from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

import paramiko
import pytest

from harness.faults.model import Refuse
from harness.probe.target import pattern

CONNECT_FAILED = 2
PROHIBITED = 1


def read_all(channel: paramiko.Channel) -> bytes:
    """Return everything up to EOF."""
    data = bytearray()
    while chunk := channel.recv(1 << 17):
        data += chunk
    return bytes(data)


def refused(user: Any, host: str, port: int) -> int:
    """Return why opening a channel was refused."""
    with pytest.raises(paramiko.ChannelException) as failure:
        user.channel(user.login(), host, port)
    return failure.value.code


@pytest.mark.parametrize("host", ["target.internal", "localhost", "127.0.0.1"])
def test_the_target_is_reached_by_each_of_its_names(user: Any, host: str) -> None:
    """The names are the bastion's own, and localhost is the bastion."""
    channel = user.channel(user.login(), host)
    channel.sendall(b"ECHO\nhello")
    channel.shutdown_write()
    assert read_all(channel) == b"hello"


def test_a_half_close_by_the_client_leaves_the_reply_alone(user: Any) -> None:
    """The target sees EOF, and its answer after that arrives, then EOF."""
    channel = user.channel(user.login())
    data = pattern(3, 0, 1 << 20)
    channel.sendall(b"SUM\n" + data)
    channel.shutdown_write()
    assert read_all(channel) == f"{len(data)} {hashlib.sha256(data).hexdigest()}\n".encode()


def test_what_the_target_sends_before_it_closes_arrives_whole(user: Any) -> None:
    """Send-then-close loses nothing."""
    channel = user.channel(user.login())
    channel.sendall(b"SEND 5000000 8\n")
    assert read_all(channel) == pattern(8, 0, 5000000)


def test_back_pressure_reaches_the_client(user: Any) -> None:
    """A target that does not read closes the channel's window."""
    channel = user.channel(user.login())
    channel.sendall(b"SILENT\n")
    channel.settimeout(0.3)
    data = bytes(1 << 17)
    with pytest.raises(TimeoutError):
        list(map(channel.sendall, [data] * 512))


def test_many_channels_share_one_session(user: Any, world: Any) -> None:
    """20 channels echo over one session, and one that is stuck hinders none."""
    transport = user.login()
    user.channel(transport).sendall(b"SILENT\n")
    channels = [user.channel(transport) for _ in range(20)]
    for number, channel in enumerate(channels):
        channel.sendall(b"ECHO\n%02d" % number)
    assert [channel.recv(2) for channel in channels] == [b"%02d" % number for number in range(20)]
    assert world.sessions("bastion") == 1
    assert len(world.target_connections()) == 21


def test_a_closed_channel_closes_the_targets_connection(user: Any, world: Any, until: Any) -> None:
    """Closing a channel ends its connection and no other."""
    transport = user.login()
    first, second = user.channel(transport), user.channel(transport)
    for channel in (first, second):
        channel.sendall(b"ECHO\na")
        assert channel.recv(1) == b"a"
    first.close()
    until(lambda: [connection.open for connection in world.target_connections()] == [False, True])


def test_the_end_of_the_session_closes_the_targets_connections(user: Any, world: Any, until: Any) -> None:
    """Nothing stays open at the target when the client goes away."""
    transport = user.login()
    channel = user.channel(transport)
    channel.sendall(b"ECHO\na")
    assert channel.recv(1) == b"a"
    transport.close()
    until(lambda: not any(connection.open for connection in world.target_connections()))


def test_a_name_that_does_not_resolve_fails_to_open(user: Any) -> None:
    """A name that is not the bastion's own is never looked up anywhere else."""
    assert refused(user, "example.com", 80) == CONNECT_FAILED


@pytest.mark.parametrize(("host", "port"), [("target.internal", 7001), ("localhost", 22)])
def test_a_port_where_nothing_listens_fails_to_open(user: Any, host: str, port: int) -> None:
    """Other ports of a known name refuse, whatever this machine has there."""
    assert refused(user, host, port) == CONNECT_FAILED


def test_a_target_that_refuses_fails_to_open_and_heals(user: Any, world: Any) -> None:
    """Refused means an open failure on the same session, and healed it works."""
    transport = user.login()
    fault = world.inject(Refuse("target"))
    with pytest.raises(paramiko.ChannelException) as failure:
        user.channel(transport)
    assert failure.value.code == CONNECT_FAILED
    assert fault.evidence().proven
    fault.heal()
    channel = user.channel(transport)
    channel.sendall(b"ECHO\na")
    assert channel.recv(1) == b"a"


@pytest.mark.parametrize(
    "policy",
    [{"AllowTcpForwarding": "no"}, {"PermitOpen": "127.0.0.1:7000"}, {"DisableForwarding": "yes"}],
    ids=lambda policy: next(iter(policy)),
)
def test_what_the_policy_forbids_is_prohibited(
    user: Any, world: Any, timeline: Any, setup: Any, policy: dict[str, str]
) -> None:
    """Forbidden forwarding has its own reason, and names are compared literally."""
    world.begin(timeline, {"bastion": replace(setup, policy=policy)})
    assert refused(user, "target.internal", 7000) == PROHIBITED


def test_a_session_channel_is_told_and_refused(user: Any, world: Any) -> None:
    """A tunnel has no use for a shell, and one that asks is seen."""
    with pytest.raises(paramiko.ChannelException):
        user.login().open_session(timeout=5)
    assert [event.detail["type"] for event in world.events("bastion") if event.kind == "channel"] == ["session"]


def test_a_forwarding_channel_is_told_with_its_address(user: Any, world: Any) -> None:
    """The event carries the name as the client sent it."""
    user.channel(user.login(), "localhost")
    details = [event.detail for event in world.events("bastion") if event.kind == "channel"]
    assert [(detail["type"], detail["host"], detail["port"]) for detail in details] == [
        ("direct-tcpip", "localhost", "7000")
    ]


def test_a_keepalive_is_told_and_answered(user: Any, world: Any) -> None:
    """A global request is an event with its name and whether it wants a reply."""
    transport = user.login()
    transport.global_request("keepalive@openssh.com", wait=True)
    requests = [event.detail for event in world.events("bastion") if event.kind == "global-request"]
    assert requests == [{"name": "keepalive@openssh.com", "want_reply": "true"}]


def test_a_small_rekey_limit_keeps_bytes_exact(user: Any, world: Any, timeline: Any, setup: Any) -> None:
    """Rekeying by the server during a transfer loses nothing."""
    world.begin(timeline, {"bastion": replace(setup, policy={"RekeyLimit": "1M"})})
    channel = user.channel(user.login())
    channel.sendall(b"SEND 5000000 8\n")
    assert read_all(channel) == pattern(8, 0, 5000000)
