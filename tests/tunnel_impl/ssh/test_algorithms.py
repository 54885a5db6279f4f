"""Servers that offer one algorithm of a kind, and those that offer none that is safe."""

from __future__ import annotations

import asyncssh
import pytest
from asyncssh.encryption import get_encryption_algs
from asyncssh.kex import get_kex_algs
from asyncssh.mac import get_mac_algs

from tunnel_impl import TunnelError
from tunnel_impl.ssh.algorithms import CIPHERS
from tunnel_impl.ssh.key_exchanges import KEY_EXCHANGES
from tunnel_impl.ssh.protection import COUNTER, MACS

from ..world import World


def _of_both(ours: object, theirs: list[bytes]) -> list[str]:
    return [name for name in list(ours) if name.encode() in theirs]  # type: ignore[call-overload]


@pytest.mark.parametrize("cipher", _of_both(CIPHERS, get_encryption_algs()))
def test_one_cipher(world: World, cipher: str) -> None:
    """Data passes unharmed under each cipher, in packets of many sizes."""
    site, target = world.site(), world.target()
    site.restrict(encryption_algs=[cipher])
    tunnel = world.open(site, target.port)
    for size in (1, 33, 100_000):
        assert world.echoes(tunnel, b"x" * size)


@pytest.mark.parametrize("mac", _of_both(MACS, get_mac_algs()))
def test_one_mac(world: World, mac: str) -> None:
    """Data passes unharmed under each MAC."""
    site, target = world.site(), world.target()
    site.restrict(encryption_algs=[*COUNTER], mac_algs=[mac])
    assert world.echoes(world.open(site, target.port), b"x" * 100_000)


@pytest.mark.filterwarnings("ignore:Diffie-Hellman over finite fields")  # asyncssh's server asks for it
@pytest.mark.parametrize("kex", _of_both(KEY_EXCHANGES, get_kex_algs()))
def test_one_key_exchange(world: World, kex: str) -> None:
    """A session comes about by each key exchange, and outlives new keys; the largest group computes for seconds."""
    site, target = world.site(), world.target()
    site.rekey_bytes = 50_000
    site.restrict(kex_algs=[kex])
    tunnel = world.open(site, target.port, timeouts={"connect": 60, "open": 60})
    assert world.echoes(tunnel, b"x" * 100_000)


@pytest.mark.parametrize("kind", ["ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"])
def test_one_host_key(world: World, kind: str) -> None:
    """A server may have a host key of any one type."""
    site, target = world.site(asyncssh.generate_private_key(kind)), world.target()
    assert world.echoes(world.open(site, target.port))
    assert world.questions[0].type == kind


@pytest.mark.parametrize("signature", ["rsa-sha2-256", "rsa-sha2-512"])
def test_one_rsa_signature(world: World, signature: str) -> None:
    """A server with an RSA key may sign by either hash."""
    site, target = world.site(asyncssh.generate_private_key("ssh-rsa", key_size=2048)), world.target()
    site.signatures = (signature,)
    site.restrict()
    assert world.echoes(world.open(site, target.port))


def test_forced_compression(world: World) -> None:
    """A server may insist on compression, also over new keys."""
    site, target = world.site(), world.target()
    site.rekey_bytes = 20_000
    site.restrict(compression_algs=["zlib@openssh.com"])
    assert world.echoes(world.open(site, target.port), bytes(range(256)) * 1000)


@pytest.mark.parametrize(
    ("restriction", "named"),
    [
        ({"encryption_algs": ["aes128-cbc", "3des-cbc"]}, ("cipher", "aes128-cbc, 3des-cbc", "aes256-ctr", "CBC")),
        ({"kex_algs": ["diffie-hellman-group14-sha1"]}, ("key exchange", "group14-sha1", "curve25519", "SHA-1")),
        (
            {"encryption_algs": ["aes128-ctr"], "mac_algs": ["hmac-sha1"]},
            ("MAC", "hmac-sha1", "hmac-sha2-256", "SHA-1"),
        ),
        ({"compression_algs": ["zlib"]}, ("compression", "zlib", "none")),
    ],
)
def test_nothing_in_common(world: World, restriction: dict[str, list[str]], named: tuple[str, ...]) -> None:
    """The error names what each side wanted, and that what is not safe is out by policy."""
    site = world.site()
    site.restrict(**restriction)
    with pytest.raises(TunnelError) as caught:
        world.open(site, 1)
    assert caught.value.code == "handshake-failed"
    assert all(word in caught.value.message for word in named), caught.value.message


def test_nothing_in_common_is_not_retried(world: World) -> None:
    """A server that lost what both had in common ends the tunnel: time alone brings nothing back."""
    site, target = world.site(), world.target()
    tunnel = world.open(site, target.port)
    site.restrict(encryption_algs=["aes128-cbc"])
    world.wait_for_state("failed")
    error = tunnel.status().error
    assert error
    assert (error.code, error.passing, error.hop) == ("handshake-failed", False, 0)
