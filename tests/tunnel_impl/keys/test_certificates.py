"""Certificates beside private keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import asyncssh
import pytest

from tunnel_impl import TunnelError

if TYPE_CHECKING:
    from pathlib import Path

    from ..bastion import Site
    from ..world import World


@pytest.fixture
def authority() -> asyncssh.SSHKey:
    """A key that signs certificates."""
    return asyncssh.generate_private_key("ssh-ed25519")


def certify(authority: asyncssh.SSHKey, key: asyncssh.SSHKey, file: Path, user: str) -> None:
    """Put a certificate for ``user`` beside the key file."""
    certificate = authority.generate_user_certificate(key.convert_to_public(), "id", principals=[user])
    certificate.write_certificate(f"{file}-cert.pub")


def log_in(world: World, site: Site, file: Path, passphrase: str | None = None) -> str:
    """Open a tunnel with a key file; return its state."""
    auth = {"method": "key", "file": str(file), "passphrase": passphrase}
    return world.open(site, 1, auth=auth).status().state


@pytest.mark.parametrize("kind", ["ssh-ed25519", "ecdsa-sha2-nistp384", "ssh-rsa"])
@pytest.mark.parametrize("passphrase", [None, "open sesame"])
def test_certificate(world: World, authority: asyncssh.SSHKey, kind: str, passphrase: str | None) -> None:
    """A server that knows only the authority lets a key in by its certificate, also an encrypted one."""
    site = world.site()
    site.authorities.add(authority.public_data)
    key, file = world.key(kind, passphrase=passphrase)
    certify(authority, key, file, site.user)
    assert log_in(world, site, file, passphrase) == "connected"


def test_the_key_after_its_certificate(world: World, authority: asyncssh.SSHKey) -> None:
    """Where the authority is not known, the certificate is offered first and the key itself then."""
    site = world.site()
    key, file = world.key()
    site.authorize(key)
    certify(authority, key, file, site.user)
    assert (log_in(world, site, file), site.certificates) == ("connected", 1)


def test_neither(world: World, authority: asyncssh.SSHKey) -> None:
    """When both are refused it is auth-failed, and nothing else is tried."""
    site = world.site()
    site.authorize(world.key()[0])
    key, file = world.key()
    certify(authority, key, file, site.user)
    with pytest.raises(TunnelError) as caught:
        log_in(world, site, file)
    assert (caught.value.code, site.certificates, len(site.credentials)) == ("auth-failed", 1, 1)


@pytest.mark.parametrize(
    "content", ["", "ssh-ed25519-cert-v01@openssh.com !!!", "ssh-ed25519-cert-v01@openssh.com AAAA"]
)
def test_damaged_certificate(world: World, content: str) -> None:
    """A file that is no certificate is passed over, and the key logs in."""
    site = world.site()
    key, file = world.key()
    site.authorize(key)
    file.with_name(f"{file.name}-cert.pub").write_text(content)
    assert (log_in(world, site, file), site.certificates) == ("connected", 0)


def test_certificate_of_another_key(world: World, authority: asyncssh.SSHKey) -> None:
    """A certificate that was left behind by another key is never offered."""
    site = world.site()
    site.authorities.add(authority.public_data)
    key, file = world.key()
    site.authorize(key)
    certify(authority, world.key()[0], file, site.user)
    assert (log_in(world, site, file), site.certificates) == ("connected", 0)
