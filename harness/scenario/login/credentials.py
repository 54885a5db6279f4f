"""The secrets of one process of the suite: made at random, never kept, known to the redactor."""

from __future__ import annotations

import base64
import os
import secrets
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from harness.scenario.language.tunnel import KeyFile, KeyType
from harness.scenario.login.key_files import PrivateKey, content, private_text, public_line
from harness.text.redaction import Redactor

_TOO_FEW = 4
"""So many characters of a public key, behind what all of its type begin with, stand in others by chance, too."""
_TELLING = 16
"""Characters in the shortest line of a private key that is kept out of reports by itself."""
KEY_TYPES: tuple[KeyType, ...] = ("ed25519", "ecdsa-256", "ecdsa-384", "ecdsa-521", "rsa")


def new_key(key_type: KeyType) -> PrivateKey:
    """Make a private key; those of type ``rsa`` have 2048 bits, which every server takes and which are soon made."""
    match key_type:
        case "ed25519":
            return ed25519.Ed25519PrivateKey.generate()
        case "ecdsa-256":
            return ec.generate_private_key(ec.SECP256R1())
        case "ecdsa-384":
            return ec.generate_private_key(ec.SECP384R1())
        case "ecdsa-521":
            return ec.generate_private_key(ec.SECP521R1())
        case "rsa":
            return rsa.generate_private_key(public_exponent=65537, key_size=2048)
        case "rsa-4096":
            return rsa.generate_private_key(public_exponent=65537, key_size=4096)


@cache
def large_key() -> PrivateKey:
    """Return the RSA key of 4096 bits of everybody: one is made in a second or two."""
    return new_key("rsa-4096")


@cache
def _stranger(key_type: KeyType) -> PrivateKey:
    return new_key(key_type)


@dataclass(frozen=True)
class Login:
    """Who may log in at one bastion, and how."""

    user: str
    password: str = field(repr=False)
    passphrase: str = field(repr=False)
    keys: dict[KeyType, PrivateKey] = field(repr=False)
    authority: PrivateKey = field(repr=False)
    redactor: Redactor = field(repr=False)

    @property
    def authorized_keys(self) -> tuple[str, ...]:
        """The public keys that the bastion accepts, and the authority whose certificates it accepts (sshd(8))."""
        keys = tuple(public_line(key) for key in self.keys.values())
        return (*keys, f"cert-authority {public_line(self.authority)}")

    def key(self, form: KeyFile) -> PrivateKey:
        """Return the key of this type that the bastion knows, or one that it does not."""
        if form.stranger or form.certificate:
            return _stranger(form.type)
        return large_key() if form.type == "rsa-4096" else self.keys[form.type]

    def write_key(self, form: KeyFile, folder: Path) -> Path:
        """Write the private key file (mode 0600) into ``folder`` and return its path; a missing one is only named."""
        path = folder / f"id_{form.type.replace('-', '_')}_{form.format}{'_encrypted' if form.encrypted else ''}"
        path = path.with_name(f" {path.name} of mine") if form.blanks else path
        if form.missing:
            return path.with_name(path.name + "_that_is_not_there")
        encrypted = form.encrypted or form.cipher is not None
        key = self.key(form)
        written = content(key, form, self.passphrase if encrypted else None)
        if form.content != "public":
            other = public_line(_stranger(form.type))
            common = len(os.path.commonprefix((public_line(key), other)))  # noqa: RUF071 -- characters are meant
            self.redactor.learn(*_secret_lines(written), public=public_line(key)[: common + _TOO_FEW])
        path.unlink(missing_ok=True)
        path.touch(mode=0o600)
        path.write_bytes(written)
        path.chmod(0o000 if form.unreadable else 0o644 if form.open_to_others else 0o600)
        certificate = path.with_name(f"{path.name}-cert.pub")
        certificate.unlink(missing_ok=True)
        if form.certificate or form.leftover:
            certificate.write_bytes(self._certificate(form))
        return path

    def _certificate(self, form: KeyFile) -> bytes:
        import asyncssh

        signer = _stranger("ed25519") if form.leftover == "untrusted" else self.authority
        authority = asyncssh.import_private_key(private_text(signer, KeyFile(), None))
        certified = _stranger(form.type) if form.leftover == "another-key" else self.key(form)
        public = asyncssh.import_public_key(public_line(certified))
        return authority.generate_user_certificate(public, self.user, principals=[self.user]).export_certificate()


def _secret_lines(written: bytes) -> Iterator[str]:
    """Yield the lines of a private key file that hold the key: neither headers nor what encloses it."""
    for line in written.decode(errors="ignore").splitlines():
        if len(line) >= _TELLING and ": " not in line and not line.startswith("-----"):
            yield line


def _totp_secret() -> str:
    return base64.b32encode(secrets.token_bytes(16)).decode().rstrip("=")


class Credentials:
    """One login for each bastion of each topology, made when first asked for and kept for warm worlds."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._logins: dict[str, Login] = {}
        self._secrets: dict[str, str] = {}
        self._lock = threading.Lock()
        self._authority = new_key("ed25519")
        self.host_authority = new_key("ed25519")
        self.strange_host_authority = new_key("ed25519")
        self.wrong_password = secrets.token_urlsafe(12)
        self.wrong_passphrase = secrets.token_urlsafe(12)
        redactor.learn(self.wrong_password, self.wrong_passphrase)

    def totp_secret(self, node: str) -> str:
        """Return the base32 secret of the second factor at ``node``, without padding.

        Its 16 bytes (RFC 4226, section 4) are no whole number of base32 groups, so that padding can be told apart.
        """
        with self._lock:
            if node not in self._secrets:
                self._secrets[node] = _totp_secret()
                self._redactor.learn(self._secrets[node])
            return self._secrets[node]

    def learn(self, secret: str) -> None:
        """Keep ``secret`` out of every report too: one of these in another form."""
        self._redactor.learn(secret)

    def totp_secret_for(self, fits: Callable[[str], bool]) -> str:
        """Return a new secret that ``fits``; about one in a hundred should."""
        secret = next(filter(fits, iter(_totp_secret, "")))
        self._redactor.learn(secret)
        return secret

    def login(self, node: str) -> Login:
        """Return who may log in at ``node``."""
        with self._lock:
            if node not in self._logins:
                login = Login(
                    user=f"tunnel-{node}",
                    password=secrets.token_urlsafe(12),
                    passphrase=secrets.token_urlsafe(12),
                    keys={key_type: new_key(key_type) for key_type in KEY_TYPES},
                    authority=self._authority,
                    redactor=self._redactor,
                )
                self._redactor.learn(login.password, login.passphrase)
                self._logins[node] = login
            return self._logins[node]
