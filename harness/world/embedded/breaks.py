"""Faults that the relay can install on a link, by which nothing is lost unseen: one small class each.

A fault is installed once and healed once. One that works on the bytes gives each direction a
:class:`~harness.world.embedded.shaping.Stage`; the others act on the link's sockets.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal, Protocol

from harness.world.embedded.canary import Canary
from harness.world.embedded.shaping import (
    DelayStage,
    Gap,
    HoldStage,
    Item,
    LimitStage,
    Pace,
    PaceStage,
    Stage,
)

if TYPE_CHECKING:
    from harness.world.embedded.flow import Connection, Flow
    from harness.world.embedded.relay import Link

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


class Latency(Quiet):
    """Delivers everything ``delay`` seconds after it came."""

    def __init__(self, delay: float) -> None:
        self._delay = delay
        self._count = 0
        self._least = float("inf")
        self._most = 0.0

    def stage(self, flow: Flow, emit: Emit) -> Stage | None:  # noqa: ARG002 -- the hook's signature
        """Delay everything."""
        return DelayStage(emit, self._delay, self._note)

    def _note(self, late: float) -> None:
        self._count += 1
        self._least = min(self._least, late)
        self._most = max(self._most, late)

    def evidence(self) -> tuple[bool, str]:
        """Tell the delays as measured."""
        if self._count == 0:
            return False, "nothing passed, so nothing was delayed"
        measured = f"{self._least * 1000:.0f} to {self._most * 1000:.0f} ms"
        return True, f"{count(self._count, 'chunk')} delayed by {measured}"


class Bandwidth(Quiet):
    """Lets at most ``rate`` bytes a second pass in each direction, all connections together."""

    def __init__(self, rate: int) -> None:
        self._paces: dict[Direction, Pace] = {"forth": Pace(rate), "back": Pace(rate)}

    def stage(self, flow: Flow, emit: Emit) -> Stage | None:
        """Pace everything."""
        pace = self._paces[flow.direction]
        return PaceStage(emit, pace, min(1 << 15, pace.rate // 50))

    def evidence(self) -> tuple[bool, str]:
        """Tell the bytes and the rate as measured."""
        told = [
            f"{count(pace.passed, 'byte')} {direction} at {pace.measured:.0f} B/s"
            for direction, pace in self._paces.items()
            if pace.passed
        ]
        return bool(told), ", ".join(told) or "nothing passed, so nothing was slowed down"


class Slice(Quiet):
    """Delivers pieces of at most ``size`` bytes, each ``delay`` seconds after the one before it."""

    def __init__(self, size: int, delay: float) -> None:
        self._size = size
        self._delay = delay
        self._pieces = 0
        self._bytes = 0
        self._full = 0

    def stage(self, flow: Flow, emit: Emit) -> Stage | None:  # noqa: ARG002 -- the hook's signature
        """Cut everything up."""
        return PaceStage(emit, Gap(self._delay, self._note), self._size)

    def _note(self, size: int) -> None:
        self._pieces += 1
        self._bytes += size
        self._full += size == self._size

    def evidence(self) -> tuple[bool, str]:
        """Count the pieces; without one of full size nothing was cut, and with one alone none was delayed."""
        pieces = f"{count(self._bytes, 'byte')} in {count(self._pieces, 'piece')} of at most {self._size}"
        proven = self._full > 0 or (self._delay > 0 and self._pieces > 1)
        return proven, f"{pieces}, {self._delay * 1000:g} ms apart" if self._delay else pieces


class Limit(Quiet):
    """Ends each connection made from now on after ``size`` bytes towards the side that dialled."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._installed = False
        self._ended = 0

    async def install(self, link: Link) -> None:  # noqa: ARG002 -- the hook's signature
        """Grip connections from now on: the link has gone through those that it had."""
        self._installed = True

    def stage(self, flow: Flow, emit: Emit) -> Stage | None:
        """Count what comes back."""
        if flow.direction == "forth" or not self._installed:
            return None
        return LimitStage(emit, self._size, self._note)

    def _note(self) -> None:
        self._ended += 1

    def evidence(self) -> tuple[bool, str]:
        """Count what was ended."""
        return self._ended > 0, f"{count(self._ended, 'connection')} ended after {count(self._size, 'byte')}"


def count(number: int, noun: str) -> str:
    """Return the number with its noun."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
