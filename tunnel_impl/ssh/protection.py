"""How packets are encrypted and authenticated: one object for each direction and set of keys (RFC 4253 §6).

``seal`` takes a whole packet, from its length field to its padding. ``length`` reads the length of the next packet
from its first :attr:`Protection.header` bytes, ``open`` returns what follows the length field, once that is proved
to be the peer's. Both raise :class:`DamagedPacket`.
"""

from __future__ import annotations

import hmac
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.poly1305 import Poly1305

from tunnel_impl.ssh.umac import Umac

_LENGTH = 4
_TAG = 16
_GCM_COUNTER = 8
_HALF = 32


class DamagedPacket(Exception):
    """A packet is not what its sender sealed, or no packet at all."""


class Protection(Protocol):
    """One direction's encryption. ``block`` is what packets are padded to, ``aligned`` from which byte on."""

    block: int
    header: int
    tag: int
    aligned: int

    def seal(self, sequence: int, packet: bytes) -> bytes:
        """Return ``packet``, which begins with its length, as it is sent."""

    def length(self, sequence: int, header: bytes) -> int:
        """Return the packet's length field; ``header`` is the first bytes that arrived."""

    def open(self, sequence: int, header: bytes, rest: bytes) -> bytes:
        """Return the packet without its length field; ``rest`` is all that follows ``header``, tag included."""


class Plain:
    """No protection, before the first keys."""

    block, header, tag, aligned = 8, _LENGTH, 0, 0

    def seal(self, sequence: int, packet: bytes) -> bytes:
        """Change nothing."""
        del sequence
        return packet

    def length(self, sequence: int, header: bytes) -> int:
        """Read it."""
        del sequence
        return int.from_bytes(header, "big")

    def open(self, sequence: int, header: bytes, rest: bytes) -> bytes:
        """Change nothing."""
        del sequence, header
        return rest


Authenticate = Callable[[int, bytes], bytes]
"""Returns the tag of data in the packet with this sequence number."""


def _stream(key: bytes, iv: bytes) -> Callable[[bytes], bytes]:
    """Return AES in counter mode, which encrypts and decrypts alike (RFC 4344 §4)."""
    return Cipher(algorithms.AES(key), modes.CTR(iv)).encryptor().update


class CounterMode:
    """AES-CTR with a tag over the plain packet."""

    block = header = 16
    aligned = 0

    def __init__(self, key: bytes, iv: bytes, authenticate: Authenticate, tag: int) -> None:
        self.tag = tag
        self._crypt = _stream(key, iv)
        self._authenticate = authenticate
        self._first = b""

    def seal(self, sequence: int, packet: bytes) -> bytes:
        """Encrypt, and append the tag of the plain packet."""
        return self._crypt(packet) + self._authenticate(sequence, packet)

    def length(self, sequence: int, header: bytes) -> int:
        """Decrypt the first block."""
        del sequence
        self._first = self._crypt(header)
        return int.from_bytes(self._first[:_LENGTH], "big")

    def open(self, sequence: int, header: bytes, rest: bytes) -> bytes:
        """Decrypt the rest and check the tag."""
        del header
        packet = self._first + self._crypt(rest[: -self.tag])
        _compare(self._authenticate(sequence, packet), rest[-self.tag :])
        return packet[_LENGTH:]


class EncryptThenMac:
    """AES-CTR with a tag over what is sent; the length field is not encrypted (OpenSSH's PROTOCOL §1.5)."""

    block, header, aligned = 16, _LENGTH, _LENGTH

    def __init__(self, key: bytes, iv: bytes, authenticate: Authenticate, tag: int) -> None:
        self.tag = tag
        self._crypt = _stream(key, iv)
        self._authenticate = authenticate

    def seal(self, sequence: int, packet: bytes) -> bytes:
        """Encrypt all but the length, and append the tag of that."""
        sent = packet[:_LENGTH] + self._crypt(packet[_LENGTH:])
        return sent + self._authenticate(sequence, sent)

    def length(self, sequence: int, header: bytes) -> int:
        """Read it."""
        del sequence
        return int.from_bytes(header, "big")

    def open(self, sequence: int, header: bytes, rest: bytes) -> bytes:
        """Check the tag, then decrypt."""
        encrypted = rest[: -self.tag]
        _compare(self._authenticate(sequence, header + encrypted), rest[-self.tag :])
        return self._crypt(encrypted)


class Gcm:
    """AES-GCM (RFC 5647, OpenSSH's PROTOCOL §1.6); the length field is authenticated and not encrypted."""

    block, header, aligned, tag = 16, _LENGTH, _LENGTH, _TAG

    def __init__(self, key: bytes, iv: bytes) -> None:
        self._cipher = AESGCM(key)
        self._fixed, self._counter = iv[:-_GCM_COUNTER], int.from_bytes(iv[-_GCM_COUNTER:], "big")

    def _nonce(self) -> bytes:
        nonce = self._fixed + self._counter.to_bytes(_GCM_COUNTER, "big")
        self._counter = (self._counter + 1) % (1 << 8 * _GCM_COUNTER)
        return nonce

    def seal(self, sequence: int, packet: bytes) -> bytes:
        """Encrypt all but the length; the tag comes last."""
        del sequence
        return packet[:_LENGTH] + self._cipher.encrypt(self._nonce(), packet[_LENGTH:], packet[:_LENGTH])

    def length(self, sequence: int, header: bytes) -> int:
        """Read it."""
        del sequence
        return int.from_bytes(header, "big")

    def open(self, sequence: int, header: bytes, rest: bytes) -> bytes:
        """Check and decrypt."""
        del sequence
        try:
            return self._cipher.decrypt(self._nonce(), rest, header)
        except InvalidTag as error:
            raise DamagedPacket("its tag is wrong") from error


class ChaChaPoly:
    """``chacha20-poly1305@openssh.com`` (OpenSSH's PROTOCOL.chacha20poly1305): the length has a key of its own."""

    block, header, aligned, tag = 8, _LENGTH, _LENGTH, _TAG

    def __init__(self, key: bytes) -> None:
        self._main, self._lengths = key[:_HALF], key[_HALF:]

    def seal(self, sequence: int, packet: bytes) -> bytes:
        """Encrypt length and rest, and append the tag of both."""
        sent = _chacha(self._lengths, 0, sequence, packet[:_LENGTH]) + _chacha(
            self._main, 1, sequence, packet[_LENGTH:]
        )
        return sent + self._authenticate(sequence, sent)

    def length(self, sequence: int, header: bytes) -> int:
        """Decrypt it; what it says is proved with the rest."""
        return int.from_bytes(_chacha(self._lengths, 0, sequence, header), "big")

    def open(self, sequence: int, header: bytes, rest: bytes) -> bytes:
        """Check the tag, then decrypt."""
        encrypted = rest[:-_TAG]
        _compare(self._authenticate(sequence, header + encrypted), rest[-_TAG:])
        return _chacha(self._main, 1, sequence, encrypted)

    def _authenticate(self, sequence: int, sent: bytes) -> bytes:
        return Poly1305.generate_tag(_chacha(self._main, 0, sequence, bytes(_HALF)), sent)


def _chacha(key: bytes, block: int, sequence: int, data: bytes) -> bytes:
    nonce = struct.pack("<Q", block) + struct.pack(">Q", sequence)
    return Cipher(algorithms.ChaCha20(key, nonce), None).encryptor().update(data)


def _compare(right: bytes, came: bytes) -> None:
    if not hmac.compare_digest(right, came):
        raise DamagedPacket("its tag is wrong")


def _hmac(digest: str) -> Callable[[bytes, int], Authenticate]:
    def made(key: bytes, tag: int) -> Authenticate:
        del tag
        return lambda sequence, data: hmac.digest(key, struct.pack(">I", sequence) + data, digest)

    return made


def _umac(key: bytes, tag: int) -> Authenticate:
    umac = Umac(key, tag)
    return lambda sequence, data: umac.digest(data, struct.pack(">Q", sequence))


@dataclass(frozen=True)
class Mac:
    """A MAC: the bytes of its key and tag, and how it is made from a key."""

    key: int
    tag: int
    make: Callable[[bytes, int], Authenticate]


_SHA256 = Mac(32, 32, _hmac("sha256"))
_SHA512 = Mac(64, 64, _hmac("sha512"))
_UMAC64 = Mac(16, 8, _umac)
_UMAC128 = Mac(16, 16, _umac)
_ETM = "-etm@openssh.com"
MACS = {
    "hmac-sha2-256-etm@openssh.com": _SHA256,
    "hmac-sha2-512-etm@openssh.com": _SHA512,
    "umac-64-etm@openssh.com": _UMAC64,
    "umac-128-etm@openssh.com": _UMAC128,
    "hmac-sha2-256": _SHA256,
    "hmac-sha2-512": _SHA512,
    "umac-64@openssh.com": _UMAC64,
    "umac-128@openssh.com": _UMAC128,
}
"""The MACs by name, the fastest of those that are as safe first: docs/algorithms.md has the measurements."""

AEAD = {"aes128-gcm@openssh.com": 16, "aes256-gcm@openssh.com": 32, "chacha20-poly1305@openssh.com": 64}
"""The bytes of the keys of ciphers that authenticate by themselves, and use no MAC."""
COUNTER = {"aes128-ctr": 16, "aes192-ctr": 24, "aes256-ctr": 32}
"""The bytes of the keys of ciphers that need a MAC."""

Derive = Callable[[str, int], bytes]
"""Returns key material: a letter of RFC 4253 §7.2, and how many bytes."""


def protection(cipher: str, mac: str, derive: Derive, letters: str) -> Protection:
    """Return what protects one direction; ``letters`` name its IV, key and MAC key in RFC 4253 §7.2."""
    iv, key, mac_key = tuple(letters)
    if cipher == "chacha20-poly1305@openssh.com":
        return ChaChaPoly(derive(key, AEAD[cipher]))
    if cipher in AEAD:
        return Gcm(derive(key, AEAD[cipher]), derive(iv, 12))
    chosen = MACS[mac]
    authenticate = chosen.make(derive(mac_key, chosen.key), chosen.tag)
    mode = EncryptThenMac if mac.endswith(_ETM) else CounterMode
    return mode(derive(key, COUNTER[cipher]), derive(iv, 16), authenticate, chosen.tag)
