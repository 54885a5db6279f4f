"""The algorithms that an embedded bastion offers (sshd_config(5)), seen in what a client agrees on with it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import asyncssh
import pytest

from harness.errors import NotRun


def agreed(world: Any, private_key: str, *names: str) -> list[str]:
    """Return what a client that offers everything agreed on."""
    import asyncio

    async def connect() -> list[str]:
        async with asyncssh.connect(
            *world.address("bastion"),
            username="alice",
            client_keys=[asyncssh.import_private_key(private_key)],
            known_hosts=None,
            config=None,
            agent_path=None,
            compression_algs=["none", "zlib@openssh.com"],
        ) as connection:
            key = connection.get_server_host_key()
            told = {"host_key": key.get_algorithm() if key else ""}
            return [told.get(name) or str(connection.get_extra_info(name)) for name in names]

    return asyncio.run(connect())


@pytest.mark.parametrize(
    ("policy", "name"),
    [
        ({"Ciphers": "chacha20-poly1305@openssh.com"}, "send_cipher"),
        ({"Ciphers": "aes192-ctr"}, "recv_cipher"),
        ({"Ciphers": "aes128-ctr", "MACs": "hmac-sha2-512"}, "send_mac"),
        ({"HostKeyAlgorithms": "ecdsa-sha2-nistp256"}, "host_key"),
        ({"HostKeyAlgorithms": "ssh-ed25519"}, "host_key"),
    ],
)
def test_what_alone_is_offered_is_agreed_on(
    world: Any, timeline: Any, setup: Any, user: Any, policy: dict[str, str], name: str
) -> None:
    """The last keyword of each policy names it."""
    world.begin(timeline, {"bastion": replace(setup, policy=policy)})
    assert agreed(world, user.private_key, name) == [list(policy.values())[-1]]


@pytest.mark.parametrize("name", ["curve25519-sha256", "ecdh-sha2-nistp384", "diffie-hellman-group18-sha512"])
def test_the_key_exchange_is_the_one_that_is_offered(
    world: Any, timeline: Any, setup: Any, user: Any, name: str
) -> None:
    """The bastion's KEXINIT, as paramiko read it, has this one and no other."""
    world.begin(timeline, {"bastion": replace(setup, policy={"KexAlgorithms": name})})
    with user.dial("to-bastion", b"SSH-2.0-test\r\n").makefile("rb") as offered:
        offered.readline()
        packet = offered.read(int.from_bytes(offered.read(4), "big"))
    names = packet[22 : 22 + int.from_bytes(packet[18:22], "big")].decode().split(",")
    assert [one for one in names if not one.startswith(("ext-info", "kex-strict"))] == [name]


@pytest.mark.parametrize(
    ("differences", "compression"), [({}, "none"), ({"compression": "required"}, "zlib@openssh.com")]
)
def test_compression_may_be_required(
    world: Any, timeline: Any, setup: Any, user: Any, differences: dict[str, Any], compression: str
) -> None:
    """A client that would rather not has to."""
    world.begin(timeline, {"bastion": replace(setup, **differences)})
    assert agreed(world, user.private_key, "send_compression") == [compression]


def test_an_algorithm_that_asyncssh_has_not_is_not_run(world: Any, timeline: Any, setup: Any) -> None:
    """The scenario runs on docker then, and on embedded it says why not."""
    with pytest.raises(NotRun, match="Ciphers: the embedded bastion has no 'aes512-xts'"):
        world.begin(timeline, {"bastion": replace(setup, policy={"Ciphers": "aes512-xts"})})
