"""Public keys as files write them, read as strictly as ssh(1) does (OpenSSH's sshkey.c)."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import SSHCertificate, load_ssh_public_identity

_BLANKS = " \t\n\v\f\r"
_CERTIFICATE = "-cert-v01@openssh.com"
_FEWEST_BITS, _MOST_BITS = 1024, 16384
_ED25519_BYTES = 32
_CURVES: dict[str, ec.EllipticCurve] = {
    "nistp256": ec.SECP256R1(),
    "nistp384": ec.SECP384R1(),
    "nistp521": ec.SECP521R1(),
}
_UNCOMPRESSED = 4


@dataclass(frozen=True)
class StoredKey:
    """A public key on file: its type (``ssh-ed25519``, ``ssh-rsa`` …) and its blob (RFC 4253 §6.6)."""

    type: str
    blob: bytes

    @property
    def fingerprint(self) -> str:
        """The fingerprint that ``ssh-keygen -l`` prints: ``SHA256:`` and unpadded base64."""
        return "SHA256:" + base64.b64encode(hashlib.sha256(self.blob).digest()).decode().rstrip("=")

    @property
    def line(self) -> str:
        """The key as a public key file has it: ``type base64``."""
        return f"{self.type} {base64.b64encode(self.blob).decode()}"


class DamagedKey(ValueError):
    """It is not a public key, or not of the type that stands before it."""


def read_key(type_name: str, text: str) -> tuple[str, bytes]:
    """Return type and blob of a key written as ``type base64``. Raises DamagedKey.

    ``rsa-sha2-512`` and ``rsa-sha2-256`` name the type of RSA keys, too. The blob has the one form that the protocol
    gives it, whatever it was written like, so that equal keys have equal blobs.
    """
    plain = "ssh-rsa" if type_name in {"rsa-sha2-256", "rsa-sha2-512"} else type_name
    blob = _decoded(text)
    if plain.endswith(_CERTIFICATE):
        return plain, _certificate(plain, blob)
    read = _READERS.get(plain)
    if read is None:
        raise DamagedKey(f"there is no key type {type_name[:60]!r}")
    parts = _Parts(blob)
    if parts.string() != plain.encode():
        raise DamagedKey("its type is not the one that the line says")
    body = read(parts)
    if parts.rest:
        raise DamagedKey("something follows the key")
    return plain, _string(plain.encode()) + body


def _decoded(text: str) -> bytes:
    """Decode base64 as OpenSSH does: blanks do not count, padding does."""
    stripped = text.translate(dict.fromkeys(map(ord, _BLANKS)))
    try:
        blob = base64.b64decode(stripped.encode("ascii"), validate=True)
    except (ValueError, binascii.Error) as error:
        raise DamagedKey("its base64 is damaged") from error
    if base64.b64encode(blob).decode() != stripped:
        raise DamagedKey("its base64 is damaged")
    return blob


class _Parts:
    def __init__(self, data: bytes) -> None:
        self.rest = data

    def string(self) -> bytes:
        length = int.from_bytes(self.rest[:4], "big")
        taken, self.rest = self.rest[4 : 4 + length], self.rest[4 + length :]
        if len(taken) < length or length == 0:
            raise DamagedKey("it ends too early")
        return taken

    def number(self) -> int:
        data = self.string()
        if data[0] & 0x80 or len(data) > _MOST_BITS // 8 + 1:
            raise DamagedKey("a number in it is negative or too large")
        return int.from_bytes(data, "big")


def _string(data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + data


def _number(value: int) -> bytes:
    return _string(value.to_bytes(value.bit_length() // 8 + 1, "big")) if value else _string(b"")


def _rsa(parts: _Parts) -> bytes:
    exponent, modulus = parts.number(), parts.number()
    if not _FEWEST_BITS <= modulus.bit_length() <= _MOST_BITS:
        raise DamagedKey(f"an RSA key has {_FEWEST_BITS} to {_MOST_BITS} bits")
    return _number(exponent) + _number(modulus)


def _dsa(parts: _Parts) -> bytes:
    return b"".join(_number(parts.number()) for _ in range(4))


def _ed25519(parts: _Parts) -> bytes:
    point = parts.string()
    if len(point) != _ED25519_BYTES:
        raise DamagedKey("an Ed25519 key has 32 bytes")
    return _string(point)


def _ecdsa(curve: str) -> Callable[[_Parts], bytes]:
    def read(parts: _Parts) -> bytes:
        named, point = parts.string(), parts.string()
        if named != curve.encode():
            raise DamagedKey("its curve is not the one that its type says")
        if point[0] != _UNCOMPRESSED:
            raise DamagedKey("its point is compressed")
        try:
            ec.EllipticCurvePublicKey.from_encoded_point(_CURVES[curve], point)
        except ValueError as error:
            raise DamagedKey("its point is not on its curve") from error
        return _string(named) + _string(point)

    return read


def _with_application(read: Callable[[_Parts], bytes]) -> Callable[[_Parts], bytes]:
    """Return a reader of a key on a security key, which names its application, too (OpenSSH's PROTOCOL.u2f)."""
    return lambda parts: read(parts) + _string(parts.string())


_READERS: dict[str, Callable[[_Parts], bytes]] = {
    "ssh-ed25519": _ed25519,
    "ssh-rsa": _rsa,
    "ssh-dss": _dsa,
    **{f"ecdsa-sha2-{curve}": _ecdsa(curve) for curve in _CURVES},
    "sk-ssh-ed25519@openssh.com": _with_application(_ed25519),
    "sk-ecdsa-sha2-nistp256@openssh.com": _with_application(_ecdsa("nistp256")),
}


def _certificate(type_name: str, blob: bytes) -> bytes:
    """Return the blob of a certificate. Raises DamagedKey."""
    try:
        identity = load_ssh_public_identity(f"{type_name} {base64.b64encode(blob).decode()}".encode())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise DamagedKey("it is not a certificate") from error
    if not isinstance(identity, SSHCertificate):
        raise DamagedKey("it is not a certificate")
    return blob
