"""Host keys on file, in OpenSSH's format (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT)."""

from __future__ import annotations

import base64
import fcntl
import hashlib
import hmac
import os
import re
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from tunnel_impl.errors import TunnelError

_DEFAULT_PORT = 22
_HASHED_PARTS = 4
_FEWEST_FIELDS = 3
_writing = threading.Lock()


@dataclass(frozen=True)
class StoredKey:
    """A public key on file: its type (``ssh-ed25519``, ``ssh-rsa`` …) and its blob (RFC 4253 §6.6)."""

    type: str
    blob: bytes

    @property
    def fingerprint(self) -> str:
        """The fingerprint that ``ssh-keygen -l`` prints: ``SHA256:`` and unpadded base64."""
        return fingerprint(self.blob)

    @property
    def line(self) -> str:
        """The key as a public key file has it: ``type base64``."""
        return f"{self.type} {base64.b64encode(self.blob).decode()}"


@dataclass(frozen=True)
class Known:
    """What the file says of one server: keys to trust under its own name, keys under its name without the port,
    keys that must never be trusted, and those of authorities whose certificates for it are to be trusted.
    """

    keys: tuple[StoredKey, ...]
    keys_without_port: tuple[StoredKey, ...]
    revoked: tuple[StoredKey, ...]
    authorities: tuple[StoredKey, ...] = ()


def fingerprint(blob: bytes) -> str:
    """Return the fingerprint of a public key blob as ``ssh-keygen -l`` prints it."""
    return "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")


def entry_name(host: str, port: int) -> str:
    """Return the name under which a server is kept: ``host``, or ``[host]:port`` when the port is not 22."""
    return host.lower() if port == _DEFAULT_PORT else f"[{host.lower()}]:{port}"


@dataclass(frozen=True)
class _Line:
    marker: str
    names: tuple[str, ...]
    key: StoredKey
    tail: str

    @classmethod
    def read(cls, text: str) -> _Line | None:
        fields = text.split()
        if not fields or fields[0].startswith("#"):
            return None
        marker = fields.pop(0) if fields[0].startswith("@") else ""
        if len(fields) < _FEWEST_FIELDS:
            return None
        try:
            blob = base64.b64decode(fields[2], validate=True)
        except ValueError:
            return None
        return cls(marker, tuple(fields[0].split(",")), StoredKey(fields[1], blob), " ".join(fields[3:]))

    def is_for(self, name: str) -> bool:
        if any(token.startswith("!") and _matches(token[1:], name) for token in self.names):
            return False
        return any(_matches(token, name) for token in self.names)

    def __str__(self) -> str:
        parts = (self.marker, ",".join(self.names), self.key.line, self.tail)
        return " ".join(filter(None, parts)) + "\n"


def _matches(token: str, name: str) -> bool:
    return _is_exactly(token, name) or (not token.startswith("|") and fnmatchcase(name, _as_glob(token)))


def _is_exactly(token: str, name: str) -> bool:
    """Tell whether ``token`` is ``name``, in clear or hashed (``|1|salt|HMAC-SHA1``)."""
    if not token.startswith("|"):
        return token.lower() == name
    parts = token.split("|")
    if len(parts) != _HASHED_PARTS or parts[1] != "1":
        return False
    try:
        salt, digest = base64.b64decode(parts[2]), base64.b64decode(parts[3])
    except ValueError:
        return False
    return hmac.compare_digest(hmac.digest(salt, name.encode(), "sha1"), digest)


def _as_glob(token: str) -> str:
    """Return ``token`` for fnmatch: only ``*`` and ``?`` are special in known_hosts, brackets are not."""
    return token.lower().replace("[", "[[]")


class KnownHosts:
    """One known_hosts file; a missing one is empty."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def lookup(self, host: str, port: int) -> Known:
        """Return what the file says of a server. Raises TunnelError ``bad-profile`` when it cannot be read."""
        lines = [line for line in map(_Line.read, self._lines()) if line is not None]
        own, bare = entry_name(host, port), host.lower()

        def keys(name: str, marker: str) -> tuple[StoredKey, ...]:
            return tuple(line.key for line in lines if line.marker == marker and line.is_for(name))

        return Known(
            keys=keys(own, ""),
            keys_without_port=keys(bare, "") if own != bare else (),
            revoked=keys(own, "@revoked") + keys(bare, "@revoked"),
            authorities=keys(own, "@cert-authority") + keys(bare, "@cert-authority"),
        )

    def store(self, host: str, port: int, key: StoredKey) -> None:
        """Put ``key`` in the place of the server's entry of the same type, or at the end; nothing else changes.

        The file is replaced in one step. Raises TunnelError ``bad-profile`` when it cannot be written.
        """
        self._put(host, port, key, key.type)

    def replace(self, host: str, port: int, old: StoredKey, key: StoredKey) -> None:
        """Put ``key`` in the place of the server's entry of the old key's type, as :meth:`store` does."""
        self._put(host, port, key, old.type)

    def _put(self, host: str, port: int, key: StoredKey, instead_of: str) -> None:
        try:
            self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with self._locked():
                self._replace("".join(_with_key(self._lines(), entry_name(host, port), key, instead_of)))
        except OSError as error:
            raise self._trouble("written", error) from error

    def _lines(self) -> list[str]:
        try:
            text = self.file.read_bytes().decode("utf-8", "surrogateescape")
        except FileNotFoundError:
            return []
        except OSError as error:
            raise self._trouble("read", error) from error
        return [line for line in re.split(r"(?<=\n)", text) if line]

    def _trouble(self, verb: str, error: OSError) -> TunnelError:
        advice = f"{self.file} cannot be {verb} ({error.strerror}); mend its permissions or choose another file"
        return TunnelError("bad-profile", f"host_keys.file: {advice}")

    @contextmanager
    def _locked(self) -> Iterator[None]:
        folder = os.open(self.file.parent, os.O_RDONLY)
        try:
            with _writing:
                fcntl.flock(folder, fcntl.LOCK_EX)
                yield
        finally:
            os.close(folder)

    def _replace(self, text: str) -> None:
        target = self.file.resolve()
        mode = target.stat().st_mode & 0o777 if target.exists() else 0o600
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(text.encode("utf-8", "surrogateescape"))
                os.fchmod(file.fileno(), mode)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


def _with_key(lines: list[str], name: str, key: StoredKey, instead_of: str) -> Iterator[str]:
    placed = False
    ended = True
    for text in lines:
        ended = text.endswith("\n")
        line = _Line.read(text)
        mine = [token for token in line.names if _is_exactly(token, name)] if line else []
        if line is None or not mine or line.marker or line.key.type != instead_of:
            yield text
            continue
        ended = True
        others = tuple(token for token in line.names if token not in mine)
        if others:
            yield str(_Line("", others, line.key, line.tail))
        if not placed:
            yield str(_Line("", (mine[0],), key, line.tail))
            placed = True
    if not placed:
        yield "" if ended else "\n"
        yield str(_Line("", (name,), key, ""))
