"""Faults as values, and what proves that one took effect.

A fabric turns a fault into an :class:`ActiveFault`. A fault that was commanded is not yet a fault that
happened: the verdict counts only when :meth:`ActiveFault.evidence` is ``proven``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from harness.model import Model

HostKeyType = Literal["ed25519", "ecdsa", "rsa"]


class Evidence(Model):
    """The proof, or its absence. ``summary`` is one clause for a person: ``"3 packets dropped"``."""

    proven: bool
    summary: str


@dataclass(frozen=True)
class Cut:
    """The link ends its connections and refuses new ones, until mended."""

    link: str


@dataclass(frozen=True)
class Stall:
    """Silence both ways; nothing is lost, and what is still alive goes on after it is resumed."""

    link: str


@dataclass(frozen=True)
class Reset:
    """A TCP RST on every live connection of the link, once; new connections are welcome."""

    link: str


@dataclass(frozen=True)
class Latency:
    """Each byte arrives ``delay`` seconds later, in each direction."""

    link: str
    delay: float


@dataclass(frozen=True)
class Bandwidth:
    """At most ``rate`` bytes a second, in each direction."""

    link: str
    rate: int


@dataclass(frozen=True)
class Slice:
    """Bytes come in pieces of at most ``size``, each ``delay`` seconds after the one before, in each direction."""

    link: str
    size: int
    delay: float = 0.0


@dataclass(frozen=True)
class Limit:
    """Each connection made from now on ends after ``size`` bytes in one direction (towards the client)."""

    link: str
    size: int


@dataclass(frozen=True)
class Swallow:
    """Bytes are thrown away in both directions, connections stay; healing ends them, for they have a hole."""

    link: str


@dataclass(frozen=True)
class Lose:
    """A share of the packets (0 to 1) is dropped in each direction; TCP must make up for it."""

    link: str
    share: float


@dataclass(frozen=True)
class Freeze:
    """The server's processes stop; its kernel goes on acknowledging packets."""

    node: str


@dataclass(frozen=True)
class Kill:
    """The server's processes are killed; ports refuse until it is restarted."""

    node: str


@dataclass(frozen=True)
class RotateHostKey:
    """The server has fresh host keys of the types ``to``, or of those that it had; its sessions go on.

    With ``add`` it keeps what it had and gets the others beside them. Healing brings the old keys back.
    """

    node: str
    to: tuple[HostKeyType, ...] | None = None
    add: bool = False


@dataclass(frozen=True)
class Refuse:
    """The target stops listening: connections to its port are refused, open ones stay."""

    node: str


Fault = (
    Cut | Stall | Reset | Latency | Bandwidth | Slice | Limit | Swallow | Lose | Freeze | Kill | RotateHostKey | Refuse
)


def subject(fault: Fault) -> str:
    """Return the name of the link or node that ``fault`` breaks."""
    match fault:
        case Freeze(name) | Kill(name) | RotateHostKey(name) | Refuse(name):
            return name
        case _:
            return fault.link


class ActiveFault(Protocol):
    """A fault that was installed."""

    def evidence(self) -> Evidence:
        """Return what is known so far: bytes held, packets dropped, sockets reset, the process' state."""

    def heal(self) -> None:
        """Undo it; a second call does nothing. Raises FabricBroken when the world does not obey."""
