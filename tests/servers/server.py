"""A running SSH server of some kind, and what starts one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from contextlib import ExitStack
    from pathlib import Path


USER = "deploy"


@dataclass(frozen=True)
class Server:
    """Where a server listens on loopback, and its host key as ``type base64``; it lets USER in."""

    port: int
    host_key: str


@dataclass(frozen=True)
class Credential:
    """The user's key: the private one, and a file of authorized keys that has the public one."""

    private: Path
    authorized: Path


class Kind(Protocol):
    """A kind of server."""

    @property
    def name(self) -> str:
        """What it is called in docs/servers.md."""

    def why_not(self) -> str | None:
        """Return what this machine lacks for it, or None."""

    def start(self, folder: Path, user: Credential, stack: ExitStack) -> Server:
        """Start one with its files in ``folder``; it ends with ``stack``."""
