"""Makes host keys."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from typing import Literal, get_args

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from harness.world.fabric import HostKey

KeyType = Literal["ed25519", "ecdsa", "rsa"]
KEY_TYPES: tuple[KeyType, ...] = get_args(KeyType)
_PrivateKey = ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

_MAKERS: dict[KeyType, Callable[[], _PrivateKey]] = {
    "ed25519": ed25519.Ed25519PrivateKey.generate,
    "ecdsa": lambda: ec.generate_private_key(ec.SECP256R1()),
    "rsa": lambda: rsa.generate_private_key(public_exponent=65537, key_size=2048),
}
_PREFIXES: dict[str, KeyType] = {"ssh-ed25519": "ed25519", "ecdsa-sha2": "ecdsa", "ssh-rsa": "rsa"}


def make(key_type: KeyType) -> HostKey:
    """Return a new key pair: ed25519, NIST P-256 or 2048 bits of RSA."""
    key = _MAKERS[key_type]()
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
    return HostKey(private.decode(), public.decode())


def type_of(key: HostKey) -> KeyType:
    """Return the type of a key pair. Raises ValueError for one that sshd would not serve."""
    for prefix, key_type in _PREFIXES.items():
        if key.public.startswith(prefix):
            return key_type
    raise ValueError(f"{key.public.split()[0]} is not a type of host key; use one of {', '.join(KEY_TYPES)}")


def fingerprint(key: HostKey) -> str:
    """Return the SHA-256 fingerprint as OpenSSH prints it."""
    digest = hashlib.sha256(base64.b64decode(key.public.split()[1])).digest()
    return f"SHA256:{base64.b64encode(digest).decode().rstrip('=')}"


def rotated(keys: tuple[HostKey, ...], key_type: KeyType | Literal["all"]) -> tuple[HostKey, ...]:
    """Return ``keys`` with a new one in the place of that type, added when it is missing; ``all`` replaces all."""
    if key_type == "all":
        return tuple(make(type_of(key)) for key in keys)
    new = make(key_type)
    if key_type not in map(type_of, keys):
        return (*keys, new)
    return tuple(new if type_of(key) == key_type else key for key in keys)
