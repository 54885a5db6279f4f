"""Private key files: every format and type that OpenSSH writes today, and clear words for the rest."""

from __future__ import annotations

import io
import os
import stat
from pathlib import Path
from typing import Protocol

import paramiko
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.dsa import DSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    load_ssh_private_key,
)

from tunnel_impl.errors import TunnelError
from tunnel_impl.keys.openssh_key import OpenSSHKey, UnknownCipher, WrongPassphrase

_LARGEST = 1 << 20
OF_OTHERS = 0o077
_ENCRYPTED_PEM = (b"BEGIN ENCRYPTED PRIVATE KEY", b"Proc-Type: 4,ENCRYPTED")


class Signer(Protocol):
    """A key that can prove itself: a file's, or an agent's."""

    @property
    def type(self) -> str:
        """The key's type, such as ``ssh-rsa``."""

    @property
    def blob(self) -> bytes:
        """The public key as the protocol writes it (RFC 4253 §6.6)."""

    def sign(self, data: bytes, algorithm: str) -> bytes:
        """Return the signature blob (RFC 4253 §6.6) of ``data``. Raises TunnelError when the agent declines."""


class FileKey:
    """A private key that was read from a file."""

    def __init__(self, key: paramiko.PKey) -> None:
        self._key = key
        self.type = key.get_name()
        self.blob = key.asbytes()

    def sign(self, data: bytes, algorithm: str) -> bytes:
        """Sign with the key itself; the algorithm matters for RSA only (RFC 8332)."""
        return self._key.sign_ssh_data(data, algorithm).asbytes()


def read_file(file: str) -> bytes:
    """Return a key file's content, line ends normalised and ``~`` expanded.

    Raises TunnelError ``key-not-found``, ``key-unreadable`` or ``key-unsupported``.
    """
    try:
        path = Path(file.strip()).expanduser()
        if path.exists() and not path.is_file():
            raise _unsupported(file, "it is not a file")
        with path.open("rb") as opened:
            content = opened.read(_LARGEST + 1)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise TunnelError("key-not-found", f"Key file not found: {path}. Check the path.") from error
    except (ValueError, RuntimeError) as error:
        raise TunnelError("key-not-found", f"Key file not found: {file!r} is not a path ({error}). Fix it.") from error
    except OSError as error:
        advice = f"Key file is not readable: {path} ({error.strerror}). Check its permissions: chmod 600 {path}"
        raise TunnelError("key-unreadable", advice) from error
    if len(content) > _LARGEST:
        raise _unsupported(file, "it is too large to be a key")
    return content.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").strip() + b"\n"


def load_private_key(file: str, passphrase: str | None) -> Signer:
    """Read a private key file.

    Raises TunnelError ``key-not-found``, ``key-unreadable``, ``key-unsupported``, or ``wrong-passphrase`` (also
    for a missing one).
    """
    content = read_file(file)
    _refuse_other_files(file, content)
    _refuse_what_others_may_read(Path(file.strip()).expanduser())
    try:
        openssh = OpenSSHKey.read(content)
        encrypted = openssh.encrypted if openssh else any(mark in content for mark in _ENCRYPTED_PEM)
    except ValueError as error:
        raise _unsupported(file, str(error)) from error
    if encrypted and not passphrase:
        raise TunnelError("wrong-passphrase", f"The key {file} is encrypted: enter its passphrase.")
    try:
        if openssh:
            content = openssh.decrypted(passphrase) if openssh.encrypted and passphrase else content
            return _signer(file, load_ssh_private_key(content, None))
        return _signer(file, load_pem_private_key(content, passphrase.encode() if encrypted and passphrase else None))
    except (UnknownCipher, UnsupportedAlgorithm) as error:
        raise _unsupported(file, str(error)) from error
    except (WrongPassphrase, ValueError, TypeError) as error:
        if encrypted:
            advice = f"Wrong passphrase for {file}. Test it with: ssh-keygen -y -f {file}"
            raise TunnelError("wrong-passphrase", advice) from error
        raise _unsupported(file, f"it cannot be read: {error}") from error


def _refuse_other_files(file: str, content: bytes) -> None:
    if content.startswith(b"PuTTY-User-Key-File"):
        advice = f"it is a PuTTY key; convert it with: puttygen {file} -O private-openssh-new -o {file}.openssh"
        raise _unsupported(file, advice)
    if content.startswith((b"ssh-", b"ecdsa-", b"sk-", b"---- BEGIN SSH2 PUBLIC KEY")):
        raise _unsupported(file, "it is a public key; choose the private key, which has no .pub at its end")
    if b"PRIVATE KEY-----" not in content:
        raise _unsupported(file, "it is not a private key")


def _refuse_what_others_may_read(path: Path) -> None:
    """See that nobody but the user may use the file, as ssh(1) does where it is the user's own."""
    found = path.stat()
    mode = stat.S_IMODE(found.st_mode)
    if found.st_uid == os.getuid() and mode & OF_OTHERS:
        advice = f"Key file {path} is open to others (mode {mode:04o}), so it is not used: chmod 600 {path}"
        raise TunnelError("key-unreadable", advice)


def _signer(file: str, key: object) -> Signer:
    if isinstance(key, RSAPrivateKey):
        return FileKey(paramiko.RSAKey(key=key))
    if isinstance(key, DSAPrivateKey):
        raise _unsupported(file, "it is a DSA key, which OpenSSH dropped in 7.0; make an Ed25519 key")
    if not isinstance(key, EllipticCurvePrivateKey | Ed25519PrivateKey):
        raise _unsupported(file, "its type is not Ed25519, ECDSA or RSA")
    plain = io.StringIO(key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()).decode())
    if isinstance(key, EllipticCurvePrivateKey):
        return FileKey(paramiko.ECDSAKey.from_private_key(plain))
    return FileKey(paramiko.Ed25519Key.from_private_key(plain))


def _unsupported(file: str, why: str) -> TunnelError:
    advice = f"The key {file} cannot be used: {why}. Ed25519, ECDSA and RSA keys of OpenSSH, PEM or PKCS#8 format can."
    return TunnelError("key-unsupported", advice)
