from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import asyncssh
import pytest

from harness.address import Address

SOCKET = "direct-streamlocal@openssh.com"


async def through_the_socket(address: Address, key: str, path: str, sends: bytes) -> bytes:
    """Return what comes back from a Unix domain socket at the bastion, up to its end."""
    private = asyncssh.import_private_key(key)
    async with asyncssh.connect(
        address.host, address.port, username="alice", client_keys=[private], known_hosts=None, config=None
    ) as session:
        reader, writer = await session.open_unix_connection(path)
        writer.write(sends)
        writer.write_eof()
        received: bytes = await reader.read()
        return received


def test_the_target_is_behind_a_socket_of_the_bastion(user: Any, world: Any) -> None:
    """Half-close and bytes pass as over TCP, the bastion tells the path, and the link sees the connection."""
    sends = b"SUM\n" + bytes(3_000_000)
    reply = asyncio.run(through_the_socket(world.address("bastion"), user.private_key, world.target_socket(), sends))
    assert reply.split()[0] == b"3000000"
    channels = [event.detail for event in world.events("bastion") if event.kind == "channel"]
    assert channels == [{"type": SOCKET, "path": world.target_socket()}]
    assert world.link_connections("to-target") == 1


def test_an_unknown_socket_is_refused(user: Any, world: Any) -> None:
    """There is one path, and others fail to connect."""
    with pytest.raises(asyncssh.ChannelOpenError) as refused:
        asyncio.run(through_the_socket(world.address("bastion"), user.private_key, "/run/other.sock", b""))
    assert refused.value.code == asyncssh.OPEN_CONNECT_FAILED


@pytest.mark.parametrize("keyword", ["AllowStreamLocalForwarding", "DisableForwarding"])
def test_sockets_may_be_prohibited(user: Any, world: Any, timeline: Any, setup: Any, keyword: str) -> None:
    """As ports are, by a keyword of their own or by the one for everything."""
    policy = {keyword: "yes" if keyword.startswith("Disable") else "no"}
    world.begin(timeline, {"bastion": replace(setup, policy=policy)})
    with pytest.raises(asyncssh.ChannelOpenError) as refused:
        asyncio.run(through_the_socket(world.address("bastion"), user.private_key, world.target_socket(), b""))
    assert refused.value.code == asyncssh.OPEN_ADMINISTRATIVELY_PROHIBITED
