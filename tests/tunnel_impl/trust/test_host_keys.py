"""Host keys: asked before any credential, kept in OpenSSH's format."""

from __future__ import annotations

from typing import TYPE_CHECKING

import asyncssh
import pytest

from tunnel_impl import HostKeyQuestion, TunnelError

if TYPE_CHECKING:
    from ..bastion import Site
    from ..world import World


def public(key: asyncssh.SSHKey) -> str:
    """Return ``type base64`` of a key."""
    return " ".join(key.export_public_key().decode().split()[:2])


def entry(site: Site, key: asyncssh.SSHKey) -> str:
    """Return the known_hosts line of a site."""
    return f"[127.0.0.1]:{site.port} {public(key)}\n"


def test_unknown_key_is_asked_and_stored(world: World) -> None:
    """The first connection asks, with the fingerprint; the accepted key is stored under name and port."""
    site = world.site()
    world.open(site, 1)
    key = site.host_keys[0]
    question = HostKeyQuestion(0, "127.0.0.1", site.port, "ssh-ed25519", key.get_fingerprint(), "unknown")
    assert world.questions == [question]
    assert world.known_hosts.read_text() == entry(site, key)


def test_known_key_is_not_asked(world: World) -> None:
    """A key on file connects without a question."""
    site = world.site()
    world.known_hosts.write_text(entry(site, site.host_keys[0]))
    world.open(site, 1)
    assert world.questions == []


@pytest.mark.parametrize(("known", "code"), [(False, "host-key-unknown"), (True, "host-key-changed")])
def test_rejecting_sends_no_credential(world: World, *, known: bool, code: str) -> None:
    """Rejecting a key ends the attempt with its code, before any credential, and leaves the file as it was."""
    site = world.site()
    before = entry(site, asyncssh.generate_private_key("ssh-ed25519")) if known else "# nothing yet\n"
    world.known_hosts.write_text(before)
    world.answer = "reject"
    with pytest.raises(TunnelError) as caught:
        world.open(site, 1)
    assert (caught.value.code, site.credentials) == (code, [])
    assert world.known_hosts.read_text() == before


def test_unknown_key_without_asking(world: World) -> None:
    """With ``unknown: reject`` nobody is asked and nothing is stored."""
    site = world.site()
    with pytest.raises(TunnelError) as caught:
        world.open(site, 1, host_keys={"file": str(world.known_hosts), "unknown": "reject"})
    assert (caught.value.code, world.questions, world.known_hosts.exists()) == ("host-key-unknown", [], False)


def test_changed_key_shows_both_fingerprints(world: World) -> None:
    """A changed key is asked with both fingerprints; accepting replaces that line and no other."""
    site, old = world.site(), asyncssh.generate_private_key("ssh-ed25519")
    other = f"other {public(old)}\n"
    world.known_hosts.write_text(f"# mine\n{entry(site, old)}{other}")
    world.open(site, 1)
    (question,) = world.questions
    assert isinstance(question, HostKeyQuestion)
    key = site.host_keys[0]
    seen = (question.status, question.fingerprint, question.known)
    assert seen == ("changed", key.get_fingerprint(), old.get_fingerprint())
    assert world.known_hosts.read_text() == f"# mine\n{entry(site, key)}{other}"


def test_stored_type_is_preferred(world: World) -> None:
    """A server that gained a key type does not alarm: the type on file is negotiated."""
    ed25519, ecdsa = (asyncssh.generate_private_key(kind) for kind in ("ssh-ed25519", "ecdsa-sha2-nistp256"))
    site = world.site(ed25519, ecdsa)
    world.known_hosts.write_text(entry(site, ecdsa))
    world.open(site, 1)
    assert world.questions == []


def test_other_type_counts_as_changed(world: World) -> None:
    """A server that has none of the types on file is a changed one; accepting replaces the entry."""
    site = world.site()
    old = asyncssh.generate_private_key("ecdsa-sha2-nistp256")
    world.known_hosts.write_text(entry(site, old))
    world.open(site, 1)
    assert [question.status for question in world.questions if isinstance(question, HostKeyQuestion)] == ["changed"]
    assert world.known_hosts.read_text() == entry(site, site.host_keys[0])


def test_revoked_key(world: World) -> None:
    """A revoked key is refused without a question."""
    site = world.site()
    world.known_hosts.write_text(f"@revoked * {public(site.host_keys[0])}\n")
    with pytest.raises(TunnelError) as caught:
        world.open(site, 1)
    assert (caught.value.code, world.questions) == ("host-key-changed", [])


def test_cancelled_question(world: World) -> None:
    """A question that is not answered ends the attempt as cancelled."""
    world.answer = None
    with pytest.raises(TunnelError) as caught:
        world.open(world.site(), 1)
    assert caught.value.code == "cancelled"


def certified(key: asyncssh.SSHKey, authority: asyncssh.SSHKey, **terms: object) -> tuple[asyncssh.SSHKey, object]:
    """Return a host key with its certificate."""
    return key, authority.generate_host_certificate(key, "host", **({"principals": ["127.0.0.1"]} | terms))


@pytest.fixture(scope="module")
def authority() -> asyncssh.SSHKey:
    """The key of an authority."""
    return asyncssh.generate_private_key("ecdsa-sha2-nistp256")


@pytest.mark.parametrize("kind", ["ssh-ed25519", "ecdsa-sha2-nistp256", "ssh-rsa"])
def test_certificate(world: World, authority: asyncssh.SSHKey, kind: str) -> None:
    """A host certificate of an authority on file is trusted without a question, and nothing is stored."""
    site = world.site(certified(asyncssh.generate_private_key(kind), authority))
    world.known_hosts.write_text(f"@cert-authority 127.0.*,[127.0.*]:* {public(authority)}\n")
    before = world.known_hosts.read_text()
    world.open(site, 1)
    assert (world.questions, world.known_hosts.read_text()) == ([], before)


@pytest.mark.parametrize(
    "terms",
    [
        {"principals": ["db.example"]},
        {"valid_before": "20200101", "valid_after": "20190101"},
        {"valid_after": "20990101", "valid_before": "20990201"},
    ],
)
def test_certificate_that_is_not_good(world: World, authority: asyncssh.SSHKey, terms: dict[str, object]) -> None:
    """A certificate for another host or another time does not count: its key is unknown, and asked."""
    site = world.site(certified(asyncssh.generate_private_key("ssh-ed25519"), authority, **terms))
    world.known_hosts.write_text(f"@cert-authority * {public(authority)}\n")
    world.open(site, 1)
    assert [question.status for question in world.questions if isinstance(question, HostKeyQuestion)] == ["unknown"]


def test_certificate_of_another_authority(world: World, authority: asyncssh.SSHKey) -> None:
    """A certificate that another authority signed does not count."""
    other = asyncssh.generate_private_key("ssh-ed25519")
    site = world.site(certified(asyncssh.generate_private_key("ssh-ed25519"), other))
    world.known_hosts.write_text(f"@cert-authority * {public(authority)}\n")
    world.open(site, 1)
    assert [question.status for question in world.questions if isinstance(question, HostKeyQuestion)] == ["unknown"]


def test_plain_key_under_an_authority(world: World, authority: asyncssh.SSHKey) -> None:
    """A server without a certificate is unknown where only an authority is on file."""
    site = world.site()
    world.known_hosts.write_text(f"@cert-authority * {public(authority)}\n")
    world.open(site, 1)
    assert [question.status for question in world.questions if isinstance(question, HostKeyQuestion)] == ["unknown"]


def test_revoked_authority(world: World, authority: asyncssh.SSHKey) -> None:
    """A certificate of a revoked authority is refused without a question."""
    site = world.site(certified(asyncssh.generate_private_key("ssh-ed25519"), authority))
    world.known_hosts.write_text(f"@cert-authority * {public(authority)}\n@revoked * {public(authority)}\n")
    with pytest.raises(TunnelError) as caught:
        world.open(site, 1)
    assert (caught.value.code, world.questions) == ("host-key-changed", [])
