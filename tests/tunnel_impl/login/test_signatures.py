"""Which signature algorithm an RSA key uses (RFC 8332)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tunnel_impl import TunnelError
from tunnel_impl.keys.private_keys import FileKey
from tunnel_impl.ssh.session import Session

if TYPE_CHECKING:
    from ..bastion import Site
    from ..world import World


@pytest.fixture
def signatures(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The algorithms of all signatures that were made."""
    made: list[str] = []
    sign = FileKey.sign

    def noted(self: FileKey, data: bytes, algorithm: str) -> bytes:
        made.append(algorithm)
        return sign(self, data, algorithm)

    monkeypatch.setattr(FileKey, "sign", noted)
    return made


def log_in(world: World, site: Site, *signatures: str, known: bool = True) -> None:
    """Log in with an RSA key at a server that takes these algorithms only."""
    site.stop()
    site.signatures = signatures
    site.start(*site.host_keys)
    key, file = world.key("ssh-rsa")
    site.authorize(key if known else world.key()[0])
    world.open(site, 1, auth={"method": "key", "file": str(file)})


@pytest.mark.parametrize("taken", ["rsa-sha2-512", "rsa-sha2-256"])
def test_what_the_server_names(world: World, site: Site, signatures: list[str], taken: str) -> None:
    """The algorithm that the server names is used, at the first attempt."""
    log_in(world, site, taken)
    assert signatures == [taken]


def test_sha1_only(world: World, site: Site, signatures: list[str]) -> None:
    """For a server that takes SHA-1 only nothing is signed, and the error tells what to do."""
    with pytest.raises(TunnelError, match=r"SHA-1.*Ed25519") as caught:
        log_in(world, site, "ssh-rsa", "ssh-ed25519")
    assert (caught.value.code, caught.value.hop, signatures) == ("auth-failed", 0, [])


def test_a_server_that_names_none(
    world: World, site: Site, signatures: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the server does not say what it takes, SHA-256 follows a refused SHA-512."""
    monkeypatch.setattr(Session, "server_extensions", property(lambda _: {}, lambda *_: None), raising=False)
    with pytest.raises(TunnelError) as caught:
        log_in(world, site, known=False)
    assert (caught.value.code, signatures) == ("auth-failed", ["rsa-sha2-512", "rsa-sha2-256"])
