"""The scripted server where it takes sshd's place without a dialogue: it answers keep-alives as the setup says."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from typing import Any

import paramiko
import pytest
from paramiko.packet import Packetizer

from harness.faults.model import Kill, RevokeKey
from harness.timeline import Timeline
from harness.world import host_keys
from harness.world.docker.world import DockerWorld
from harness.world.fabric import BastionSetup

pytestmark = pytest.mark.docker


@pytest.fixture
def begin(world: DockerWorld, setup: BastionSetup) -> Callable[..., None]:
    """Begin again with another setup."""
    return lambda **changes: world.begin(Timeline(), {"totp": replace(setup, **changes)})


@pytest.fixture
def connect(world: DockerWorld) -> Callable[[], paramiko.Transport]:
    """Connect, up to the point where one logs in."""

    def dial() -> paramiko.Transport:
        transport = paramiko.Transport(socket.create_connection(world.address("totp"), 5))
        transport.start_client(timeout=5)
        return transport

    return dial


@pytest.fixture
def topology() -> str:
    """The one whose image has the scripted server."""
    return "pam_totp"


@pytest.mark.parametrize(
    ("answer", "packet"),
    [
        ("failure", paramiko.common.MSG_REQUEST_FAILURE),
        ("success", paramiko.common.MSG_REQUEST_SUCCESS),
        ("unimplemented", paramiko.common.MSG_UNIMPLEMENTED),
    ],
)
def test_a_keepalive_is_answered(
    begin: Any, connect: Any, monkeypatch: pytest.MonkeyPatch, until: Any, answer: str, packet: int
) -> None:
    """Logged in by password, a client gets the very packet; UNIMPLEMENTED names the one that was sent."""
    begin(keepalives=answer)
    received: list[tuple[int, bytes]] = []
    sent: list[int] = []
    read, send = Packetizer.read_message, Packetizer.send_message

    def note(packetizer: Any) -> Any:
        kind, message = read(packetizer)
        received.append((kind, message.asbytes()))
        return kind, message

    def count(packetizer: Any, data: Any) -> None:
        sent.append(data.asbytes()[0])
        send(packetizer, data)

    monkeypatch.setattr(Packetizer, "read_message", note)
    monkeypatch.setattr(Packetizer, "send_message", count)
    with connect() as transport:
        transport.auth_password("alice", "open sesame")
        transport._send_message(_keepalive())
        until(lambda: packet in dict(received))
    if answer == "unimplemented":
        since_new_keys = len(sent) - sent.index(paramiko.common.MSG_NEWKEYS) - 2  # they begin at 0 (strict KEX)
        assert int.from_bytes(dict(received)[packet], "big") == since_new_keys


def test_keys_and_certificates_are_taken_too(
    begin: Any, connect: Any, user_key: paramiko.PKey, setup: BastionSetup
) -> None:
    """A line of an authority among the keys does not keep a key from logging in."""
    authority = host_keys.make("ed25519")
    begin(keepalives="success", authorized_keys=(f"cert-authority {authority.public}", *setup.authorized_keys))
    with connect() as transport:
        transport.auth_publickey("alice", user_key)
        assert transport.is_authenticated()


def test_a_key_is_revoked_and_restored(begin: Any, connect: Any, world: DockerWorld, user_key: paramiko.PKey) -> None:
    """The file is read at each login."""
    begin(keepalives="success")
    fault = world.inject(RevokeKey("totp"))
    with connect() as transport, pytest.raises(paramiko.AuthenticationException):
        transport.auth_publickey("alice", user_key)
    assert fault.evidence().proven
    fault.heal()
    with connect() as transport:
        transport.auth_publickey("alice", user_key)
        assert transport.is_authenticated()


@pytest.mark.parametrize("part", ["sessions", "listener"])
def test_it_is_killed_in_parts(begin: Any, connect: Any, world: DockerWorld, part: Any, until: Any) -> None:
    """Its session or its listener is killed alone, like those of sshd."""
    begin(keepalives="success")
    with connect() as transport:
        transport.auth_password("alice", "open sesame")
        fault = world.inject(Kill("totp", part))
        assert fault.evidence().proven
        if part == "sessions":
            until(lambda: not transport.is_active())
        else:
            assert world.sessions("totp") == 1
        fault.heal()
    with connect() as transport:
        transport.auth_password("alice", "open sesame")
        assert transport.is_authenticated()


def test_its_socket_leads_to_the_target(begin: Any, world: DockerWorld, dial: Any) -> None:
    """Channels to a Unix domain socket are passed on, and told by their type."""
    begin(keepalives="success")
    with dial(world.target_socket()) as tunnel, closing(tunnel.connect()) as client:
        assert client.talk(b"hello") == b"hello"
    [channel] = [event for event in world.events("totp") if event.kind == "channel"]
    assert channel.detail["type"] == "direct-streamlocal@openssh.com"


def _keepalive() -> paramiko.Message:
    message = paramiko.Message()
    message.add_byte(paramiko.common.cMSG_GLOBAL_REQUEST)
    message.add_string("keepalive@openssh.com")
    message.add_boolean(True)
    return message
