"""The lines of known_hosts, read as ssh(1) reads them (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT; OpenSSH's hostfile.c).

Only blank and tab divide fields. A line that is damaged in any way says nothing.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from dataclasses import dataclass

from tunnel_impl.patterns import matches_any
from tunnel_impl.ssh.public_keys import DamagedKey, StoredKey, read_key

_FIELDS = re.compile(r"(?:(@[^ \t]+)[ \t]+)?([^ \t@][^ \t]*)[ \t]+([^ \t]+)[ \t]+([^ \t]+)[ \t]*(.*)", re.DOTALL)
_AUTHORITY = "@cert-authority"
_MARKERS = {"", _AUTHORITY, "@revoked"}
_HASHED = "|1|"
_SHA1_BYTES = 20
_LONGEST_PATTERN = 1023
_UPPER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}


@dataclass(frozen=True)
class Line:
    """One line: ``names`` are the patterns of its hosts, ``tail`` is its comment. Its key is read when asked for."""

    marker: str
    names: tuple[str, ...]
    type: str
    base64: str
    tail: str

    @classmethod
    def read(cls, text: str) -> Line | None:
        """Return what stands in ``text``; None where it is a comment, or damaged, its key included."""
        line = cls.split(text)
        return line if line and line.stored else None

    @classmethod
    def split(cls, text: str) -> Line | None:
        """Return the fields of ``text``; None where they are too few. The key is not looked at."""
        content = text.removesuffix("\n").partition("\0")[0].lstrip(" \t")
        found = None if content.startswith("#") else _FIELDS.fullmatch(content)
        if found is None or (found[1] or "") not in _MARKERS or found[3].startswith("#"):
            return None
        if found[1] == _AUTHORITY and content[len(_AUTHORITY)] == "\t" and " " in content:
            return None  # ssh looks for the first blank of the line to end a marker
        return cls(found[1] or "", tuple(found[2].split(",")), found[3], found[4], found[5].rstrip())

    @property
    def stored(self) -> StoredKey | None:
        """The key, None where it is damaged or of another type than the line says."""
        try:
            return StoredKey(*read_key(self.type, self.base64))
        except DamagedKey:
            return None

    @property
    def key(self) -> StoredKey:
        """The key of a line that :meth:`read` returned. Raises DamagedKey for another."""
        return StoredKey(*read_key(self.type, self.base64))

    def is_for(self, name: str) -> bool:
        """Tell whether the line is for ``name``, which is in lower case. A hashed name stands alone on its line."""
        first = self.names[0]
        if first.startswith("|"):
            return len(self.names) == 1 and is_hash_of(first, name)
        if any(len(pattern) > _LONGEST_PATTERN for pattern in self.names):
            return False
        return matches_any(name, [pattern.translate(_UPPER) for pattern in self.names])

    def __str__(self) -> str:
        parts = (self.marker, ",".join(self.names), f"{self.type} {self.base64.strip()}", self.tail)
        return " ".join(filter(None, parts)) + "\n"


def is_exactly(token: str, name: str) -> bool:
    """Tell whether ``token`` is ``name``, in clear or hashed."""
    return is_hash_of(token, name) if token.startswith("|") else token.translate(_UPPER) == name


def is_hash_of(token: str, name: str) -> bool:
    """Tell whether ``token`` is ``|1|salt|HMAC-SHA1`` of ``name``, in the one form in which ssh writes it."""
    salt_text, bar, digest = token.removeprefix(_HASHED).partition("|")
    if not (token.startswith(_HASHED) and bar):
        return False
    try:
        salt = base64.b64decode(salt_text.encode("ascii"), validate=True)
    except (ValueError, binascii.Error):
        return False
    if len(salt) != _SHA1_BYTES:
        return False
    right = base64.b64encode(hmac.digest(salt, name.encode(errors="surrogateescape"), "sha1")).decode()
    return base64.b64encode(salt).decode() == salt_text and digest == right
