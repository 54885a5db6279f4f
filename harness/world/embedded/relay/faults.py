"""Faults that the relay can install on a link, by which nothing is lost unseen: one small class each.

A fault is installed once and healed once. One that works on the bytes gives each direction a
:class:`~harness.world.embedded.relay.shaping.Shaper`; the others act on the link's sockets.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from harness.world.embedded.relay.canary import Canary
from harness.world.embedded.relay.shaping import HoldShaper, Item, Shaper

if TYPE_CHECKING:
    from harness.world.embedded.relay.flow import Flow, RelayedConnection
    from harness.world.embedded.relay.process import RelayedLink

Emit = Callable[[Item], None]


class RelayFault(Protocol):
    """One fault on one link. It must give evidence; whatever else a subclass does not define does nothing."""

    holds_new: bool = False
    """Whether new connections are accepted, but not passed on until it is healed."""

    async def install(self, link: RelayedLink) -> None:
        """Take effect on what is there now. Raises OSError."""

    async def heal(self, link: RelayedLink) -> None:
        """Undo it. Raises OSError."""

    def shaper(self, flow: Flow, emit: Emit) -> Shaper | None:  # noqa: ARG002 -- the hook's signature
        """Return what the fault does to the bytes of ``flow``, one direction of a connection; None: nothing."""
        return None

    @abstractmethod
    def evidence(self) -> tuple[bool, str]:
        """Return whether the fault is proven to have taken effect, and how, as one clause."""


class Cut(RelayFault):
    """Ends the connections with FIN and stops listening; that new ones are refused is seen from outside."""

    def __init__(self) -> None:
        self._connections: tuple[RelayedConnection, ...] = ()

    async def install(self, link: RelayedLink) -> None:
        """Close and refuse."""
        link.refuse(self)
        self._connections = link.connections
        link.close_connections()

    async def heal(self, link: RelayedLink) -> None:
        """Listen again."""
        await link.allow(self)

    def evidence(self) -> tuple[bool, str]:
        """Count the connections that have no socket any more; all must have none."""
        closed = sum(connection.gone for connection in self._connections)
        return closed == len(self._connections), f"{count(closed, 'connection')} closed"


class Reset(RelayFault):
    """Sends a TCP RST on both ends of every live connection, by SO_LINGER 0."""

    def __init__(self) -> None:
        self._connections: tuple[RelayedConnection, ...] = ()

    async def install(self, link: RelayedLink) -> None:
        """Reset what is open now."""
        self._connections = link.connections
        link.reset_connections()

    def evidence(self) -> tuple[bool, str]:
        """Count the connections that have no socket any more."""
        reset = sum(connection.gone for connection in self._connections)
        return reset > 0, f"{count(reset, 'connection')} reset"


class Stall(RelayFault):
    """Holds what comes from either side, and new connections, and delivers all of it in order when healed.

    It is proven on a connection of its own, so that a tunnel which sends nothing does not leave it unproven.
    """

    holds_new = True

    def __init__(self) -> None:
        self._bytes = 0
        self._connections = 0
        self._link: RelayedLink | None = None
        self._before = 0
        self._canary = Canary()

    async def install(self, link: RelayedLink) -> None:
        """Remember how many connections there were, and put a byte in that is to be held."""
        self._link = link
        self._before = link.accepted
        await self._canary.open()
        self._canary.meet(self)
        self._canary.send()

    async def heal(self, link: RelayedLink) -> None:
        """Settle the count; the link drains the shapers."""
        self._canary.close()
        self._connections = link.accepted - self._before
        self._link = None

    def shaper(self, flow: Flow, emit: Emit) -> Shaper | None:
        """Hold everything."""
        own = flow.connection is self._canary.connection
        return HoldShaper(emit, _ignore if own else self._note)

    def _note(self, size: int) -> None:
        self._bytes += size

    def evidence(self) -> tuple[bool, str]:
        """Count what was held, and tell what became of the byte on the connection of its own."""
        new = self._link.accepted - self._before if self._link else self._connections
        summary = f"{count(self._bytes, 'byte')} and {count(new, 'new connection')} held"
        if self._bytes + new > 0:
            return True, summary
        if self._link is None or self._canary.heard:
            return False, summary
        return True, f"{summary}, and a byte of the relay's own"


def _ignore(_size: int) -> None:
    """Count nothing."""


def count(number: int, noun: str) -> str:
    """Return the number with its noun."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
