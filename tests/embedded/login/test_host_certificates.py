"""Host certificates as an embedded bastion shows them, seen by a client that trusts one authority."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import asyncssh
import pytest

from harness.faults.model import RotateHostKey
from harness.world import host_keys
from harness.world.fabric import HostCertificates

AUTHORITY = host_keys.make("ed25519")
STRANGER = host_keys.make("ed25519")
Show = Callable[..., None]


@pytest.fixture
def show(world: Any, timeline: Any, setup: Any) -> Show:
    """Give what begins the world with certificates."""

    def begin(authority: str = AUTHORITY.private, names: tuple[str, ...] = ("127.0.0.1",), **more: Any) -> None:
        world.begin(timeline, {"bastion": replace(setup, certificates=HostCertificates(authority, names, **more))})

    return begin


def trusts(world: Any, private_key: str, *lines: str) -> bool:
    """Tell whether a client logs in that trusts the authority's certificates, and ``lines`` of known_hosts."""
    store = asyncssh.import_known_hosts("\n".join((f"@cert-authority * {AUTHORITY.public}", *lines)))

    async def connect() -> bool:
        key = asyncssh.import_private_key(private_key)
        try:
            async with asyncssh.connect(
                *world.address("bastion"),
                username="alice",
                client_keys=[key],
                known_hosts=store,
                config=None,
                agent_path=None,
            ):
                return True
        except asyncssh.HostKeyNotVerifiable:
            return False

    return asyncio.run(connect())


def test_a_certificate_of_the_authority_is_trusted(world: Any, user: Any, show: Show) -> None:
    """The client knows no key of the bastion, only who signs them."""
    show()
    assert trusts(world, user.private_key)


@pytest.mark.parametrize(
    "differences",
    [
        {"authority": STRANGER.private},
        {"names": ("elsewhere.tunspec.test",)},
        {"expired": True},
        {"kind": "user"},
    ],
    ids=["stranger", "another-name", "expired", "user"],
)
def test_a_certificate_that_is_not_good_is_refused(
    world: Any, user: Any, show: Show, differences: dict[str, Any]
) -> None:
    """Each differs from a good one in one point."""
    show(**differences)
    assert not trusts(world, user.private_key)


def test_a_revoked_authority_is_refused(world: Any, user: Any, show: Show) -> None:
    """The store says so beside the line that trusts it."""
    show()
    assert not trusts(world, user.private_key, f"@revoked * {AUTHORITY.public}")


def test_the_plain_keys_are_shown_beside_the_certificates(world: Any, user: Any, show: Show) -> None:
    """Who takes no certificates sees the bastion's keys as ever."""
    show()
    name, base64 = user.greet().get_remote_server_key().get_name(), user.greet().get_remote_server_key().get_base64()
    assert f"{name} {base64}" in {key.public for key in world.setup("bastion").host_keys}


def test_a_rotated_key_has_a_certificate_too(world: Any, user: Any, show: Show) -> None:
    """The new keys are signed by the same authority."""
    show()
    world.inject(RotateHostKey("bastion"))
    assert trusts(world, user.private_key)
