"""What a scenario needs of a fabric, or of the machine on which the implementation runs, as values."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from harness.faults.model import Fault


@dataclass(frozen=True)
class NeedsFault:
    """The fabric can do this very fault."""

    fault: Fault


@dataclass(frozen=True)
class NeedsTraffic:
    """The fabric can tell what passes ``link``."""

    link: str


@dataclass(frozen=True)
class NeedsDatabase:
    """A real database of this engine stands behind the last bastion."""

    engine: str


@dataclass(frozen=True)
class NeedsTargetSocket:
    """The last bastion has a Unix domain socket that leads to the target."""


@dataclass(frozen=True)
class NeedsUsualPort:
    """The first server listens on SSH's own port."""


Server = Literal["dropbear"]
"""A program that a bastion can be asked to be, in place of the usual one."""


@dataclass(frozen=True)
class NeedsServer:
    """The bastion ``node`` can be this program."""

    node: str
    server: Server


FabricNeed = NeedsFault | NeedsTraffic | NeedsDatabase | NeedsTargetSocket | NeedsUsualPort | NeedsServer


@dataclass(frozen=True)
class NeedsOfClient:
    """The client's machine has a resolver and addresses of our own, or lets us look at the adapter.

    ``loopback``: every address of 127/8; ``names``: a resolver; ``files``: many open files; ``processes``: a look at
    those of the adapter; ``ssh``: OpenSSH's client; ``modes``: files that the adapter may not read.
    """

    what: Literal["loopback", "names", "files", "processes", "ssh", "modes"]


Need = FabricNeed | NeedsOfClient


def first_unmet(needs: Iterable[FabricNeed], why_not: Callable[[FabricNeed], str | None]) -> str | None:
    """Return the first reason why one of ``needs`` cannot be met, always in the same order, or None."""
    return next((reason for need in sorted(needs, key=repr) if (reason := why_not(need))), None)
