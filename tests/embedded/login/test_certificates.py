from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import asyncssh
import pytest

from harness.address import Address
from harness.errors import NotRun


class Authority:
    """Signs certificates; ``key`` is what logs in with them."""

    def __init__(self) -> None:
        self.own = asyncssh.generate_private_key("ssh-ed25519")
        self.key = asyncssh.generate_private_key("ssh-ed25519")

    @property
    def line(self) -> str:
        return "cert-authority " + " ".join(self.own.export_public_key().decode().split()[:2])

    def certificate(self, principal: str, **differences: Any) -> asyncssh.SSHCertificate:
        return self.own.generate_user_certificate(self.key, "a test", principals=[principal], **differences)


@pytest.fixture
def authority(world: Any, timeline: Any, setup: Any) -> Authority:
    """Give an authority that the bastion trusts."""
    made = Authority()
    world.begin(timeline, {"bastion": replace(setup, authorized_keys=(*setup.authorized_keys, made.line))})
    return made


def lets_in(world: Any, key: asyncssh.SSHKey, certificate: asyncssh.SSHCertificate | None = None) -> bool:
    """Tell whether the bastion lets alice in with ``key``, and ``certificate`` where there is one."""

    async def connect(address: Address) -> bool:
        try:
            async with asyncssh.connect(
                address.host,
                address.port,
                username="alice",
                client_keys=[(key, certificate) if certificate else key],
                known_hosts=None,
                config=None,
                agent_path=None,
            ):
                return True
        except asyncssh.PermissionDenied:
            return False

    return asyncio.run(connect(world.address("bastion")))


def test_a_certificate_of_an_authority_lets_its_principal_in(world: Any, authority: Authority) -> None:
    """It is one try and one success, by the method publickey."""
    assert lets_in(world, authority.key, authority.certificate("alice"))
    assert "publickey" in [event.detail["method"] for event in world.events("bastion") if event.kind == "auth-ok"]


def test_a_certificate_for_somebody_else_is_refused(world: Any, authority: Authority) -> None:
    """The user must be one of its principals."""
    assert not lets_in(world, authority.key, authority.certificate("bob"))


def test_a_certificate_that_has_expired_is_refused(world: Any, authority: Authority) -> None:
    """It counts only between its two dates."""
    assert not lets_in(world, authority.key, authority.certificate("alice", valid_before=1))


def test_a_certificate_of_another_authority_is_refused(world: Any, authority: Authority) -> None:
    """The bastion knows none but its own."""
    stranger = Authority()
    assert authority.line != stranger.line
    assert not lets_in(world, stranger.key, stranger.certificate("alice"))


def test_neither_the_key_of_a_certificate_nor_its_authority_lets_in(world: Any, authority: Authority) -> None:
    """Without the certificate nobody knows the key, and who signs does not log in."""
    assert not lets_in(world, authority.key)
    assert not lets_in(world, authority.own)


def test_a_certificate_needs_an_accepted_algorithm(world: Any, timeline: Any, setup: Any, authority: Authority) -> None:
    """Where only plain keys are accepted it is refused (PubkeyAcceptedAlgorithms)."""
    policy = {"PubkeyAcceptedAlgorithms": "ssh-ed25519"}
    world.begin(timeline, {"bastion": replace(setup, authorized_keys=(authority.line,), policy=policy)})
    assert not lets_in(world, authority.key, authority.certificate("alice"))


def test_a_restricted_key_that_may_forward_is_a_key(user: Any, world: Any, timeline: Any, setup: Any) -> None:
    """restrict,port-forwarding takes away what no tunnel needs, also from an authority."""
    authority = Authority()
    lines = tuple(f"restrict,port-forwarding {line}" for line in setup.authorized_keys)
    lines += (f"restrict,port-forwarding,{authority.line}",)
    world.begin(timeline, {"bastion": replace(setup, authorized_keys=lines)})
    assert user.channel(user.login())
    assert lets_in(world, authority.key, authority.certificate("alice"))


@pytest.mark.parametrize("options", ["restrict", 'command="true"'])
def test_options_that_are_not_obeyed_are_not_run(world: Any, timeline: Any, setup: Any, options: str) -> None:
    """An option that would be ignored is never accepted."""
    lines = tuple(f"{options} {line}" for line in setup.authorized_keys)
    with pytest.raises(NotRun, match="does not support the options"):
        world.begin(timeline, {"bastion": replace(setup, authorized_keys=lines)})
