"""Faults that the relay can install on a link, by which nothing is lost unseen: one small class each.

A fault is installed once and healed once. One that works on the bytes gives each direction a
:class:`~harness.world.embedded.relay.shaping.Stage`; the others act on the link's sockets.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal, Protocol

from harness.world.embedded.relay.canary import Canary
from harness.world.embedded.relay.shaping import HoldStage, Item, Stage

if TYPE_CHECKING:
    from harness.world.embedded.relay.flow import Connection, Flow
    from harness.world.embedded.relay.process import Link

Direction = Literal["forth", "back"]
"""``forth`` is towards the node that the link leads to."""
Emit = Callable[[Item], None]


class Break(Protocol):
    """One fault on one link."""

    holds_new: bool
    """New connections are accepted, but not passed on until it is healed."""

    async def install(self, link: Link) -> None:
        """Take effect on what is there now. Raises OSError."""

    async def heal(self, link: Link) -> None:
        """Undo it. Raises OSError."""

    def stage(self, flow: Flow, emit: Emit) -> Stage | None:
        """Return the grip on ``flow``, one direction of a connection, if the fault has one."""

    def evidence(self) -> tuple[bool, str]:
        """Return whether the fault is proven to have taken effect, and how, as one clause."""


class Quiet:
    """A fault that needs no more than one of the four hooks."""

    holds_new = False

    async def install(self, link: Link) -> None:
        """Nothing to do."""

    async def heal(self, link: Link) -> None:
        """Nothing to do."""

    def stage(self, flow: Flow, emit: Emit) -> Stage | None:  # noqa: ARG002 -- the hook's signature
        """Leave the bytes alone."""
        return None


class Cut(Quiet):
    """Ends the connections with FIN and stops listening; that new ones are refused is seen from outside."""

    def __init__(self) -> None:
        self._connections: tuple[Connection, ...] = ()

    async def install(self, link: Link) -> None:
        """Close and refuse."""
        link.refuse(self)
        self._connections = link.connections
        link.close_connections()

    async def heal(self, link: Link) -> None:
        """Listen again."""
        await link.allow(self)

    def evidence(self) -> tuple[bool, str]:
        """Count the connections that have no socket any more; all must have none."""
        closed = sum(connection.gone for connection in self._connections)
        return closed == len(self._connections), f"{count(closed, 'connection')} closed"


class Reset(Quiet):
    """Sends a TCP RST on both ends of every live connection, by SO_LINGER 0."""

    def __init__(self) -> None:
        self._connections: tuple[Connection, ...] = ()

    async def install(self, link: Link) -> None:
        """Reset what is open now."""
        self._connections = link.connections
        link.reset_connections()

    def evidence(self) -> tuple[bool, str]:
        """Count the connections that have no socket any more."""
        reset = sum(connection.gone for connection in self._connections)
        return reset > 0, f"{count(reset, 'connection')} reset"


class Stall(Quiet):
    """Holds what comes from either side, and new connections, and delivers all of it in order when healed.

    It is proven on a connection of its own, so that a tunnel which sends nothing does not leave it unproven.
    """

    holds_new = True

    def __init__(self) -> None:
        self._bytes = 0
        self._connections = 0
        self._link: Link | None = None
        self._before = 0
        self._canary = Canary()

    async def install(self, link: Link) -> None:
        """Remember how many connections there were, and put a byte in that is to be held."""
        self._link = link
        self._before = link.accepted
        await self._canary.open()
        self._canary.meet(self)
        self._canary.send()

    async def heal(self, link: Link) -> None:
        """Settle the count; the link drains the stages."""
        self._canary.close()
        self._connections = link.accepted - self._before
        self._link = None

    def stage(self, flow: Flow, emit: Emit) -> Stage | None:
        """Hold everything."""
        own = flow.connection is self._canary.connection
        return HoldStage(emit, _ignore if own else self._note)

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
