"""Host keys on file, in OpenSSH's format (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT)."""

from __future__ import annotations

import fcntl
import os
import re
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from tunnel_impl.errors import TunnelError
from tunnel_impl.files import read_regular
from tunnel_impl.ssh.public_keys import StoredKey
from tunnel_impl.trust.host_lines import Line, is_exactly

__all__ = ["Known", "KnownHosts", "StoredKey", "entry_name"]

_DEFAULT_PORT = 22
_LARGEST = 1 << 26
_writing = threading.Lock()


@dataclass(frozen=True)
class Known:
    """What the file says of one server: keys to trust under its own name, keys under its name without the port,
    keys that must never be trusted, and those of authorities whose certificates for it are to be trusted.
    """

    keys: tuple[StoredKey, ...]
    keys_without_port: tuple[StoredKey, ...]
    revoked: tuple[StoredKey, ...]
    authorities: tuple[StoredKey, ...] = ()


def entry_name(host: str, port: int) -> str:
    """Return the name under which a server is kept: ``host``, or ``[host]:port`` when the port is not 22."""
    return host.lower() if port == _DEFAULT_PORT else f"[{host.lower()}]:{port}"


class KnownHosts:
    """One known_hosts file; a missing one is empty."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def lookup(self, host: str, port: int) -> Known:
        """Return what the file says of a server. Raises TunnelError ``bad-profile`` when it cannot be read."""
        lines = [line for line in map(Line.split, self.lines()) if line is not None]
        own, bare = entry_name(host, port), host.lower()

        def keys(name: str, marker: str) -> tuple[StoredKey, ...]:
            found = (line.stored for line in lines if line.marker == marker and line.is_for(name))
            return tuple(key for key in found if key is not None)

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
                self.write("".join(_with_key(self.lines(), entry_name(host, port), key, instead_of)))
        except OSError as error:
            raise self._trouble("written", error) from error

    def lines(self) -> list[str]:
        """Return the file's lines with their ends, none where there is no file. Raises TunnelError ``bad-profile``."""
        try:
            text = read_regular(self.file, _LARGEST).decode("utf-8", "surrogateescape")
        except FileNotFoundError:
            return []
        except OSError as error:
            raise self._trouble("read", error) from error
        return [line for line in re.split(r"(?<=\n)", text) if line]

    def _trouble(self, verb: str, error: OSError) -> TunnelError:
        advice = f"{self.file} cannot be {verb} ({error.strerror}); fix its permissions or choose another file"
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

    def write(self, text: str) -> None:
        """Put ``text`` in the place of the file at once, so that nobody reads half of it. Raises OSError."""
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
        line = Line.read(text)
        mine = [token for token in line.names if is_exactly(token, name)] if line else []
        if line is None or not mine or line.marker or line.key.type != instead_of:
            yield text
            continue
        ended = True
        others = tuple(token for token in line.names if token not in mine)
        if others:
            yield str(replace(line, names=others))
        if not placed:
            yield str(_line((mine[0],), key, line.tail))
            placed = True
    if not placed:
        yield "" if ended else "\n"
        yield str(_line((name,), key))


def _line(names: tuple[str, ...], key: StoredKey, tail: str = "") -> Line:
    kind, text = key.line.split(" ")
    return Line("", names, kind, text, tail)
