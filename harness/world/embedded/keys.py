"""Host keys, made for each world; the costly RSA key is made once per process."""

from __future__ import annotations

from functools import cache
from typing import Literal

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from harness.world.fabric import HostKey

KeyType = Literal["ed25519", "ecdsa", "rsa"]
KEY_TYPES: tuple[KeyType, ...] = ("ed25519", "ecdsa", "rsa")
_RSA_BITS = 2048


def make_host_key(key_type: KeyType) -> HostKey:
    """Return a new key pair: Ed25519, ECDSA on nistp256 or RSA of 2048 bits."""
    key: ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
    match key_type:
        case "ed25519":
            key = ed25519.Ed25519PrivateKey.generate()
        case "ecdsa":
            key = ec.generate_private_key(ec.SECP256R1())
        case "rsa":
            key = rsa.generate_private_key(65537, _RSA_BITS)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
    public = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    return HostKey(private.decode(), public.decode())


def type_of(key: HostKey) -> KeyType:
    """Return the type of a key."""
    algorithm = key.public.partition(" ")[0]
    if algorithm == "ssh-ed25519":
        return "ed25519"
    return "rsa" if algorithm == "ssh-rsa" else "ecdsa"


def rotated(keys: tuple[HostKey, ...], key_type: KeyType | Literal["all"]) -> tuple[HostKey, ...]:
    """Return ``keys`` with a new one in place of the one of ``key_type``, or of each."""
    types = [type_of(key) for key in keys]
    kept = tuple(key for key in keys if key_type not in {"all", type_of(key)})
    new = types if key_type == "all" else [key_type]
    return kept + tuple(make_host_key(each) for each in new)


@cache
def _shared_rsa() -> HostKey:
    return make_host_key("rsa")


def make_host_keys() -> tuple[HostKey, ...]:
    """Return one key of each type."""
    return make_host_key("ed25519"), make_host_key("ecdsa"), _shared_rsa()
