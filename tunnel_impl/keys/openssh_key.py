"""Takes the encryption off a private key in OpenSSH's own format (OpenSSH's PROTOCOL.key).

The cryptography package reads the plain form, but only three of the ciphers that ``ssh-keygen -Z`` offers.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from dataclasses import dataclass
from typing import Protocol

import bcrypt
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.poly1305 import Poly1305

_MAGIC = b"openssh-key-v1\0"
_BEGIN = b"-----BEGIN OPENSSH PRIVATE KEY-----"
_END = b"-----END OPENSSH PRIVATE KEY-----"
_TAG = 16
_HALF = 32
_MOST_ROUNDS = 2048
"""Some 20 s of work; ssh-keygen(1) makes 16 or 24 unless it is told another number."""


class UnknownCipher(Exception):
    """The file names a cipher or key derivation that OpenSSH does not write."""


class WrongPassphrase(Exception):
    """The passphrase does not open the file."""


class _Decrypts(Protocol):
    def __call__(self, key: bytes, iv: bytes, data: bytes, tag: bytes) -> bytes: ...


def _ctr(key: bytes, iv: bytes, data: bytes, tag: bytes) -> bytes:
    del tag
    return Cipher(algorithms.AES(key), modes.CTR(iv)).decryptor().update(data)


def _cbc(key: bytes, iv: bytes, data: bytes, tag: bytes) -> bytes:
    del tag
    return Cipher(algorithms.AES(key), modes.CBC(iv)).decryptor().update(data)


def _triple_des(key: bytes, iv: bytes, data: bytes, tag: bytes) -> bytes:
    del tag
    return Cipher(TripleDES(key), modes.CBC(iv)).decryptor().update(data)


def _gcm(key: bytes, iv: bytes, data: bytes, tag: bytes) -> bytes:
    decryptor = Cipher(algorithms.AES(key), modes.GCM(iv, tag)).decryptor()
    try:
        return decryptor.update(data) + decryptor.finalize()
    except InvalidTag as error:
        raise WrongPassphrase from error


def _chacha(key: bytes, iv: bytes, data: bytes, tag: bytes) -> bytes:
    """OpenSSH's PROTOCOL.chacha20poly1305 with sequence number 0: block 0 keys Poly1305, the data starts at block 1."""
    del iv
    nonce = bytes(16)
    poly_key = Cipher(algorithms.ChaCha20(key[:_HALF], nonce), None).encryptor().update(bytes(_HALF))
    if not hmac.compare_digest(Poly1305.generate_tag(poly_key, data), tag):
        raise WrongPassphrase
    first_block = (1).to_bytes(16, "little")
    return Cipher(algorithms.ChaCha20(key[:_HALF], first_block), None).decryptor().update(data)


@dataclass(frozen=True)
class _Scheme:
    key: int
    iv: int
    tag: int
    decrypt: _Decrypts


_SCHEMES = {
    b"3des-cbc": _Scheme(24, 8, 0, _triple_des),
    **{b"aes%d-cbc" % bits: _Scheme(bits // 8, 16, 0, _cbc) for bits in (128, 192, 256)},
    **{b"aes%d-ctr" % bits: _Scheme(bits // 8, 16, 0, _ctr) for bits in (128, 192, 256)},
    **{b"aes%d-gcm@openssh.com" % bits: _Scheme(bits // 8, 12, _TAG, _gcm) for bits in (128, 256)},
    b"chacha20-poly1305@openssh.com": _Scheme(64, 0, _TAG, _chacha),
}


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.rest = data

    def take(self, count: int) -> bytes:
        if len(self.rest) < count:
            raise ValueError("the key ends too early")
        taken, self.rest = self.rest[:count], self.rest[count:]
        return taken

    def number(self) -> int:
        return int.from_bytes(self.take(4), "big")

    def string(self) -> bytes:
        return self.take(self.number())


def _string(data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + data


@dataclass(frozen=True)
class OpenSSHKey:
    """The envelope of a private key file; ``public`` and ``private`` are its inner parts as they stand."""

    cipher: bytes
    kdf: bytes
    kdf_options: bytes
    public: bytes
    private: bytes
    tag: bytes

    @classmethod
    def read(cls, text: bytes) -> OpenSSHKey | None:
        """Read a key file, None when it has another format. Raises ValueError when it is damaged."""
        if not text.startswith(_BEGIN):
            return None
        try:
            data = base64.b64decode(text.partition(_BEGIN)[2].partition(_END)[0])
        except binascii.Error as error:
            raise ValueError("its base64 is damaged") from error
        reader = _Reader(data)
        if reader.take(len(_MAGIC)) != _MAGIC:
            raise ValueError("it does not start like an OpenSSH key")
        cipher, kdf, options = reader.string(), reader.string(), reader.string()
        if reader.number() != 1:
            raise ValueError("it holds more than one key")
        return cls(cipher, kdf, options, reader.string(), reader.string(), reader.rest)

    @property
    def encrypted(self) -> bool:
        """Whether a passphrase is needed."""
        return self.cipher != b"none"

    def decrypted(self, passphrase: str) -> bytes:
        """Return the same key file without its encryption.

        Raises UnknownCipher, WrongPassphrase, or ValueError when the file is damaged.
        """
        scheme = _SCHEMES.get(self.cipher)
        if scheme is None or self.kdf != b"bcrypt":
            raise UnknownCipher(f"{self.cipher.decode(errors='replace')} with {self.kdf.decode(errors='replace')}")
        options = _Reader(self.kdf_options)
        salt, rounds = options.string(), options.number()
        if rounds > _MOST_ROUNDS:
            advice = f"{rounds} rounds of bcrypt would take too long; rewrite it with: ssh-keygen -p -a 16"
            raise UnknownCipher(advice)
        seed = bcrypt.kdf(passphrase.encode(), salt, scheme.key + scheme.iv, rounds, ignore_few_rounds=True)
        plain = scheme.decrypt(seed[: scheme.key], seed[scheme.key :], self.private, self.tag)
        if plain[:4] != plain[4:8]:
            raise WrongPassphrase
        return _plain_file(self.public, plain)


def _plain_file(public: bytes, private: bytes) -> bytes:
    parts = (_MAGIC, _string(b"none"), _string(b"none"), _string(b""), (1).to_bytes(4, "big"))
    body = base64.encodebytes(b"".join(parts) + _string(public) + _string(private))
    return _BEGIN + b"\n" + body + _END + b"\n"
