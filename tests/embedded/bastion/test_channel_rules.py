"""RFC 4254, sections 5.1 and 5.2, as an embedded bastion holds its client to them: like sshd."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import paramiko
import pytest
from paramiko.common import cMSG_CHANNEL_DATA

PACKET = 32 * 1024
WINDOW = 64 * PACKET
PROHIBITED = 1


@pytest.fixture
def silent(user: Any) -> paramiko.Channel:
    """Give a channel whose target reads nothing, so that its window stays as it is."""
    channel: paramiko.Channel = user.channel(user.login())
    channel.sendall(b"SILENT\n")
    return channel


def send(channel: paramiko.Channel, size: int) -> None:
    """Send one packet, whatever the server granted."""
    message = paramiko.Message()
    message.add_byte(cMSG_CHANNEL_DATA)
    message.add_int(channel.remote_chanid)
    message.add_string(bytes(size))
    channel.transport._send_user_message(message)


def logged(world: Any) -> list[str]:
    """Return the bastion's other lines."""
    return [event.detail["text"] for event in world.events("bastion") if event.kind == "log"]


def test_a_packet_that_is_too_large_is_dropped(world: Any, user: Any) -> None:
    """The session goes on without these bytes, and the log says so."""
    channel = user.channel(user.login())
    channel.sendall(b"ECHO\n")
    send(channel, PACKET + 1)
    channel.sendall(b"after")
    assert channel.recv(5) == b"after"
    assert f"channel 0: rcvd big packet {PACKET + 1}, maxpack {PACKET}" in logged(world)


def test_a_packet_of_the_largest_size_is_taken(user: Any) -> None:
    """That is 32 KiB of data."""
    channel = user.channel(user.login())
    channel.sendall(b"ECHO\n")
    send(channel, PACKET)
    assert channel.recv(1) == b"\0"


def test_a_channel_that_ignores_its_window_ends_the_session(world: Any, silent: paramiko.Channel, until: Any) -> None:
    """A tenth of the window beyond it is too much; what lies between takes some of it first."""
    transport = silent.transport
    with suppress(EOFError):
        for _ in range(16 * WINDOW // PACKET):
            send(silent, PACKET)
    until(lambda: not transport.is_active())
    assert any("rcvd too much data" in line for line in logged(world))


def test_room_is_granted_again_for_every_three_packets(user: Any, until: Any) -> None:
    """So a client hears of the server while it sends, also on a narrow line."""
    channel = user.channel(user.login())
    channel.sendall(b"ECHO\n" + bytes(3 * PACKET))
    until(lambda: channel.out_window_size == WINDOW)


@pytest.mark.parametrize(("port", "opens"), [(65535, True), (65536, False)])
def test_the_originator_has_a_port_of_tcp(user: Any, port: int, opens: bool) -> None:
    """Another one is prohibited."""
    transport = user.login()
    if opens:
        transport.open_channel("direct-tcpip", ("target.internal", 7000), ("127.0.0.1", port), timeout=5)
    else:
        with pytest.raises(paramiko.ChannelException) as refused:
            transport.open_channel("direct-tcpip", ("target.internal", 7000), ("127.0.0.1", port), timeout=5)
        assert refused.value.code == PROHIBITED


def test_requests_on_a_channel_are_told(world: Any, user: Any, until: Any) -> None:
    """A keep-alive of that kind is answered with a failure, as by sshd."""
    channel = user.channel(user.login())
    message = paramiko.Message()
    message.add_byte(b"\x62")
    message.add_int(channel.remote_chanid)
    message.add_string("keepalive@openssh.com")
    message.add_boolean(True)
    channel.transport._send_user_message(message)
    told = {"name": "keepalive@openssh.com", "want_reply": "true"}
    until(lambda: told in [event.detail for event in world.events("bastion") if event.kind == "channel-request"])
