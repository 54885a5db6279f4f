"""The store of host keys, in the format of sshd(8), SSH_KNOWN_HOSTS FILE FORMAT."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import re
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from fnmatch import translate
from pathlib import Path

import asyncssh

_ALGORITHMS = {
    "ssh-ed25519": ("ssh-ed25519",),
    "ecdsa-sha2-nistp256": ("ecdsa-sha2-nistp256",),
    "ecdsa-sha2-nistp384": ("ecdsa-sha2-nistp384",),
    "ecdsa-sha2-nistp521": ("ecdsa-sha2-nistp521",),
    "ssh-rsa": ("rsa-sha2-512", "rsa-sha2-256"),
}
"""The signature algorithms of each type of key (RFC 8332), the preferred first."""


@dataclass(frozen=True)
class Known:
    """What the store says of one server: its keys, the authorities that sign for it, and revoked keys of either."""

    keys: tuple[asyncssh.SSHKey, ...]
    authorities: tuple[asyncssh.SSHKey, ...]
    revoked: tuple[asyncssh.SSHKey, ...]

    @property
    def algorithms(self) -> list[str]:
        """Host key algorithms to offer, those of stored keys first."""
        stored = {kind(key) for key in self.keys}
        ordered = sorted(_ALGORITHMS, key=lambda name: name not in stored)
        keys = [algorithm for name in ordered for algorithm in _ALGORITHMS[name]]
        certificates = [f"{algorithm}-cert-v01@openssh.com" for algorithm in keys] if self.authorities else []
        return [*certificates, *keys]


@dataclass
class _Line:
    text: str
    names: list[str] = field(default_factory=list)
    marker: str = ""
    key: asyncssh.SSHKey | None = None

    @classmethod
    def of(cls, text: str) -> _Line:
        """Read a line; a comment, or what cannot be read, has no key."""
        words = text.split()
        marker = words.pop(0) if words and words[0].startswith("@") else ""
        if len(words) < 3 or text.startswith("#"):
            return cls(text)
        with suppress(asyncssh.KeyImportError, ValueError):
            return cls(text, words[0].split(","), marker, asyncssh.import_public_key(" ".join(words[1:3])))
        return cls(text)

    def names_host(self, name: str) -> bool:
        """Tell whether the line speaks of ``name``, and no negated pattern of it does."""
        if any(pattern.startswith("!") and _matches(pattern[1:], name) for pattern in self.names):
            return False
        return any(_matches(pattern, name) for pattern in self.names)


def kind(key: asyncssh.SSHKey) -> str:
    """Return the type of a key, as RFC 4253 names it."""
    return key.get_algorithm()


def host_name(host: str, port: int, alias: str | None) -> str:
    """Return the name that a server has in the store."""
    return alias or (host if port == 22 else f"[{host}]:{port}")


def look_up(file: str, name: str) -> Known:
    """Return what ``file`` says of ``name``; a file that does not exist knows nobody."""
    lines = [line for line in _read(file) if line.key is not None and line.names_host(name)]
    keys, authorities, revoked = (
        tuple(line.key for line in lines if line.key is not None and line.marker == marker)
        for marker in ("", "@cert-authority", "@revoked")
    )
    return Known(keys, authorities, revoked)


def add(file: str, name: str, key: asyncssh.SSHKey) -> None:
    """Store a key that was accepted."""
    _write(file, [*(line.text for line in _read(file)), _entry(name, key)])


def replace(file: str, name: str, key: asyncssh.SSHKey) -> None:
    """Store a key in the place of those that the store has for ``name``; other names keep theirs."""
    kept: list[str] = []
    for line in _read(file):
        if line.key is None or line.marker or not line.names_host(name):
            kept.append(line.text)
        elif others := [pattern for pattern in line.names if not _is(pattern, name)]:
            exactly = len(others) < len(line.names)
            kept.append(line.text.replace(",".join(line.names), ",".join(others), 1) if exactly else line.text)
    _write(file, [*kept, _entry(name, key)])


def _entry(name: str, key: asyncssh.SSHKey) -> str:
    return f"{name} {' '.join(key.export_public_key().decode().split()[:2])}"


def _is(pattern: str, name: str) -> bool:
    return pattern.lower() == name.lower() or (pattern.startswith("|1|") and _matches(pattern, name))


def _matches(pattern: str, name: str) -> bool:
    if pattern.startswith("|1|"):
        with suppress(ValueError, binascii.Error):
            salt, digest = (base64.b64decode(part) for part in pattern.split("|")[2:4])
            return hmac.compare_digest(hmac.digest(salt, name.encode(), hashlib.sha1), digest)
        return False
    literal = pattern.lower().replace("[", "[[]")  # only * and ? are wildcards
    return re.fullmatch(translate(literal), name.lower()) is not None


def _read(file: str) -> list[_Line]:
    try:
        text = Path(file).expanduser().read_text("utf-8", "surrogateescape")
    except FileNotFoundError:
        return []
    return [_Line.of(line) for line in text.splitlines()]


def _write(file: str, lines: list[str]) -> None:
    """Replace the file at once, so that a crash leaves the old or the new one."""
    path = Path(file).expanduser().resolve()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, new = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    with os.fdopen(handle, "w", encoding="utf-8", errors="surrogateescape") as stream:
        stream.writelines(f"{line}\n" for line in lines)
    if path.exists():
        Path(new).chmod(path.stat().st_mode & 0o777)
    Path(new).replace(path)
