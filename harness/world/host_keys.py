"""Host keys of bastions: made for each world, rotated, and named by their fingerprints."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from functools import cache

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa

from harness.faults.model import HostKeyType, RotateHostKey
from harness.world.fabric import HostCertificates, HostKey

_RSA_BITS = 2048
_FOR_EVER = 2**64 - 1
"""The end of a certificate that does not expire ([PROTOCOL.certkeys], valid before)."""


def make(key_type: HostKeyType) -> HostKey:
    """Return a new key pair: Ed25519, ECDSA on nistp256, or RSA of 2048 bits."""
    key: ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
    match key_type:
        case "ed25519":
            key = ed25519.Ed25519PrivateKey.generate()
        case "ecdsa":
            key = ec.generate_private_key(ec.SECP256R1())
        case "rsa":
            key = rsa.generate_private_key(65537, _RSA_BITS)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
    return HostKey(private.decode(), public.decode())


_TYPES: tuple[HostKeyType, ...] = ("ed25519", "ecdsa", "rsa")


@cache
def own(node: str) -> Mapping[HostKeyType, HostKey]:  # noqa: ARG001 -- each bastion has keys of its own in the cache
    """Return the host keys of a bastion, one of each type; they are made once in a process."""
    return {key_type: make(key_type) for key_type in _TYPES}


def type_of(key: HostKey) -> HostKeyType:
    """Return the type of a key. Raises ValueError for one that no bastion here has."""
    name = key.public.partition(" ")[0]
    if name.startswith("ecdsa-sha2-"):
        return "ecdsa"
    known: dict[str, HostKeyType] = {"ssh-ed25519": "ed25519", "ssh-rsa": "rsa"}
    if name not in known:
        raise ValueError(f"{name} is not a type of host key; use ed25519, ecdsa or rsa")
    return known[name]


def rotated(keys: tuple[HostKey, ...], fault: RotateHostKey) -> tuple[HostKey, ...]:
    """Return the host keys that a bastion with ``keys`` has once ``fault`` is in force."""
    had = tuple(map(type_of, keys))
    fresh = tuple(make(key_type) for key_type in fault.to or had)
    return (*keys, *(key for key in fresh if type_of(key) not in had)) if fault.add else fresh


def certificate(key: HostKey, shown: HostCertificates) -> str:
    """Return the certificate of a host key, ``type base64``; an expired one was good for one second in 1970."""
    authority = serialization.load_ssh_private_key(shown.authority.encode(), None)
    public = serialization.load_ssh_public_key(key.public.encode())
    if isinstance(authority, dsa.DSAPrivateKey) or isinstance(public, dsa.DSAPublicKey):
        raise TypeError("DSA keys neither sign certificates nor have them")
    kinds = {"host": serialization.SSHCertificateType.HOST, "user": serialization.SSHCertificateType.USER}
    builder = (
        serialization.SSHCertificateBuilder()
        .public_key(public)
        .type(kinds[shown.kind])
        .key_id(b"tunspec")
        .valid_principals([name.encode() for name in shown.names])
        .valid_after(0)
        .valid_before(1 if shown.expired else _FOR_EVER)
    )
    return builder.sign(authority).public_bytes().decode()


def fingerprint(public: str) -> str:
    """Return the SHA256 fingerprint of a ``type base64`` public key, as ssh-keygen(1) -l writes it."""
    digest = hashlib.sha256(base64.b64decode(public.split()[1])).digest()
    return f"SHA256:{base64.b64encode(digest).decode().rstrip('=')}"
