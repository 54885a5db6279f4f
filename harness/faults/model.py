"""Faults as values, and what proves that one took effect.

A fabric turns a fault into an :class:`ActiveFault`. A fault that was commanded is not yet a fault that
happened: the verdict counts only when :meth:`ActiveFault.evidence` is ``proven``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal, Protocol

from harness.model import Model

HostKeyType = Literal["ed25519", "ecdsa", "rsa"]


class Evidence(Model):
    """The proof, or its absence. ``summary`` is one clause for a person: ``"3 packets dropped"``."""

    proven: bool
    summary: str


@dataclass(frozen=True)
class Cut:
    """The link ends its connections and refuses new ones, until mended."""

    kind: ClassVar[str] = "cut"
    link: str


@dataclass(frozen=True)
class Stall:
    """Silence both ways; nothing is lost, and what is still alive goes on after it is resumed."""

    kind: ClassVar[str] = "stall"
    link: str


@dataclass(frozen=True)
class Reset:
    """A TCP RST on every live connection of the link, once; new connections are welcome."""

    kind: ClassVar[str] = "reset"
    link: str


@dataclass(frozen=True)
class Latency:
    """Each byte arrives ``delay`` seconds later, in each direction."""

    kind: ClassVar[str] = "latency"
    link: str
    delay: float


@dataclass(frozen=True)
class Bandwidth:
    """At most ``rate`` bytes a second, in each direction."""

    kind: ClassVar[str] = "bandwidth"
    link: str
    rate: int


@dataclass(frozen=True)
class Slice:
    """Bytes come in pieces of at most ``size``, each ``delay`` seconds after the one before, in each direction."""

    kind: ClassVar[str] = "slice"
    link: str
    size: int
    delay: float = 0.0


@dataclass(frozen=True)
class Limit:
    """Each connection made from now on ends after ``size`` bytes in one direction (towards the client)."""

    kind: ClassVar[str] = "limit"
    link: str
    size: int


@dataclass(frozen=True)
class Swallow:
    """Bytes are thrown away in both directions, connections stay; healing ends them, for they have a hole."""

    kind: ClassVar[str] = "swallow"
    link: str


@dataclass(frozen=True)
class Lose:
    """A share of the packets (0 to 1) is dropped in each direction; TCP must make up for it."""

    kind: ClassVar[str] = "lose"
    link: str
    share: float


@dataclass(frozen=True)
class Forget:
    """A middlebox forgets each connection on which nothing passed for ``after`` seconds; new ones are welcome.

    What a forgotten connection sends vanishes, without a word to either end. The world proves it on an idle
    connection of its own, so that a tunnel which keeps itself alive does not leave the fault without evidence.
    """

    kind: ClassVar[str] = "forget"
    link: str
    after: float


@dataclass(frozen=True)
class Oversize:
    """Packets that carry more than ``size`` bytes vanish, without a word to either end: a path MTU black hole."""

    kind: ClassVar[str] = "oversize"
    link: str
    size: int


@dataclass(frozen=True)
class Mtu:
    """The link's interfaces carry packets of at most ``size`` bytes, and say so, as RFC 1191 wants it."""

    kind: ClassVar[str] = "mtu"
    link: str
    size: int


@dataclass(frozen=True)
class Freeze:
    """The server's processes stop; its kernel goes on acknowledging packets."""

    kind: ClassVar[str] = "freeze"
    node: str


@dataclass(frozen=True)
class Kill:
    """The server's processes are killed; ports refuse until it is restarted.

    ``part``: only the ``sessions`` (new connections are welcome), or only the ``listener`` (sessions stay).
    """

    kind: ClassVar[str] = "kill"
    node: str
    part: Literal["all", "sessions", "listener"] = "all"


@dataclass(frozen=True)
class RotateHostKey:
    """The server has fresh host keys of the types ``to``, or of those that it had; its sessions go on.

    With ``add`` it keeps what it had and gets the others beside them. Healing brings the old keys back.
    """

    kind: ClassVar[str] = "rotate-host-key"
    node: str
    to: tuple[HostKeyType, ...] | None = None
    add: bool = False


@dataclass(frozen=True)
class Refuse:
    """The target stops listening: connections to its port are refused, open ones stay."""

    kind: ClassVar[str] = "refuse"
    node: str


@dataclass(frozen=True)
class Ignore:
    """New connections to the target get no answer at all, not even a refusal; open ones stay."""

    kind: ClassVar[str] = "ignore"
    node: str


@dataclass(frozen=True)
class RevokeKey:
    """The bastion no longer takes any key of its user; its sessions go on."""

    kind: ClassVar[str] = "revoke-key"
    node: str


@dataclass(frozen=True)
class ChangeAddress:
    """The bastion's name leads to a new address; at the old one everything falls silent, its sessions too."""

    kind: ClassVar[str] = "change-address"
    node: str


@dataclass(frozen=True)
class HideName:
    """The bastion's name cannot be looked up: the resolver says that it is ``unknown``, or stays ``silent``."""

    kind: ClassVar[str] = "hide-name"
    node: str
    how: Literal["unknown", "silent"] = "unknown"


@dataclass(frozen=True)
class Sleep:
    """The client's machine sleeps: the adapter's processes stop where they are."""

    kind: ClassVar[str] = "sleep"


LinkFault = Cut | Stall | Reset | Latency | Bandwidth | Slice | Limit | Swallow | Lose | Forget | Oversize | Mtu
NodeFault = Freeze | Kill | RotateHostKey | Refuse | Ignore | RevokeKey
ClientFault = ChangeAddress | HideName | Sleep
"""Faults at the client's side, which need nothing of the fabric."""
Fault = LinkFault | NodeFault


def subject(fault: Fault | ClientFault) -> str:
    """Return the name of the link or node that ``fault`` breaks."""
    match fault:
        case Sleep():
            return "client"
        case (
            Freeze(name)
            | Kill(name)
            | RotateHostKey(name)
            | Refuse(name)
            | Ignore(name)
            | RevokeKey(name)
            | ChangeAddress(name)
            | HideName(name)
        ):
            return name
        case _:
            return fault.link


class ActiveFault(Protocol):
    """A fault that was installed."""

    def evidence(self) -> Evidence:
        """Return what is known so far: bytes held, packets dropped, sockets reset, the process' state."""

    def heal(self) -> None:
        """Undo it; a second call does nothing. Raises FabricBroken when the world does not obey."""
