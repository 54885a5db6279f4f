"""What stands in private key files: a key in one of several formats, or something else that people take for one."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import b64decode, b64encode
from functools import cache
from textwrap import wrap

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa

from harness.scenario.language.tunnel import KeyFile

PrivateKey = ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

_FORMATS = {
    "openssh": serialization.PrivateFormat.OpenSSH,
    "pem": serialization.PrivateFormat.TraditionalOpenSSL,
    "pkcs8": serialization.PrivateFormat.PKCS8,
}
_PUTTY_LINE = 64
_ROUNDS = 16
"""Of the key derivation, as with ``ssh-keygen`` (ssh-keygen(1), ``-a``)."""
_DSA_BITS = 1024
"""All that ssh-dss ever had (RFC 4253, section 6.6, by way of FIPS 186-2)."""


def public_line(key: PrivateKey) -> str:
    """Return ``type base64``, as in authorized_keys of sshd(8)."""
    encoded = key.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
    return encoded.decode()


def private_text(key: PrivateKey, form: KeyFile, passphrase: str | None) -> str:
    """Return the private key in the format of ``form``; encrypted where a passphrase is given.

    A named cipher goes with OpenSSH's own format (``ssh-keygen -Z``, ssh-keygen(1)).
    """
    if form.format == "ppk" and isinstance(key, rsa.RSAPrivateKey):
        return _putty_text(key)
    if form.cipher is not None:
        import asyncssh

        plain = private_text(key, KeyFile(type=form.type), None)
        again = asyncssh.import_private_key(plain)
        return again.export_private_key(
            "openssh", passphrase, cipher_name=form.cipher, rounds=_ROUNDS, ignore_few_rounds=True
        ).decode()
    encryption: serialization.KeySerializationEncryption = (
        serialization.BestAvailableEncryption(passphrase.encode()) if passphrase else serialization.NoEncryption()
    )
    return key.private_bytes(serialization.Encoding.PEM, _FORMATS[form.format], encryption).decode()


def content(key: PrivateKey, form: KeyFile, passphrase: str | None) -> bytes:
    """Return all that stands in the file of ``form``."""
    match form.content:
        case "private":
            return _ended(private_text(key, form, passphrase), form.ending)
        case "public":
            return f"{public_line(key)} comment\n".encode()
        case "half":
            text = private_text(key, form, passphrase)
            return text[: len(text) // 2].encode()
        case "noise":
            return secrets.token_bytes(2048)
        case "dsa":
            return _dsa_text().encode()


def _ended(text: str, ending: str) -> bytes:
    match ending:
        case "crlf":
            return text.replace("\n", "\r\n").encode()
        case "cut":
            return text.rstrip("\n").encode()
        case _:
            return text.encode()


@cache
def _dsa_text() -> str:
    key = dsa.generate_private_key(_DSA_BITS)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    ).decode()


def _putty_text(key: rsa.RSAPrivateKey) -> str:
    """Return a PPK file of version 3, not encrypted (the PuTTY manual, appendix C)."""
    numbers = key.private_numbers()
    public = public_line(key).split()[1]
    private = b"".join(map(_mpint, (numbers.d, numbers.p, numbers.q, numbers.iqmp)))
    algorithm, encryption, comment = "ssh-rsa", "none", "comment"
    signed = (algorithm.encode(), encryption.encode(), comment.encode(), b64decode(public), private)
    mac = hmac.new(b"", b"".join(map(_string, signed)), hashlib.sha256)
    public_lines = wrap(public, _PUTTY_LINE)
    private_lines = wrap(b64encode(private).decode(), _PUTTY_LINE)
    lines = [
        f"PuTTY-User-Key-File-3: {algorithm}",
        f"Encryption: {encryption}",
        f"Comment: {comment}",
        f"Public-Lines: {len(public_lines)}",
        *public_lines,
        f"Private-Lines: {len(private_lines)}",
        *private_lines,
        f"Private-MAC: {mac.hexdigest()}",
        "",
    ]
    return "\n".join(lines)


def _string(data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + data


def _mpint(number: int) -> bytes:
    """Return a positive ``mpint`` (RFC 4251, section 5)."""
    return _string(number.to_bytes(number.bit_length() // 8 + 1, "big"))
