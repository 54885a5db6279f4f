"""Faults in which bytes vanish without a word to either end; healed, what has a hole is ended."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary, WeakSet

from harness.world.embedded.machines.timer import Timer
from harness.world.embedded.relay.canary import Canary
from harness.world.embedded.relay.faults import RelayFault, count
from harness.world.embedded.relay.shaping import Item, Shaper, VanishShaper

if TYPE_CHECKING:
    from harness.world.embedded.relay.faults import Emit
    from harness.world.embedded.relay.flow import Flow, RelayedConnection
    from harness.world.embedded.relay.process import RelayedLink

_SHORTEST = 0.5
"""Seconds of idleness that are told from a busy machine."""


class Swallow(RelayFault):
    """Throws away what comes from either side; healed, it ends every connection with FIN, for it has a hole."""

    def __init__(self) -> None:
        self._bytes = 0

    async def heal(self, link: RelayedLink) -> None:
        """Close."""
        link.close_connections()

    def shaper(self, flow: Flow, emit: Emit) -> Shaper | None:  # noqa: ARG002 -- the hook's signature
        """Drop everything."""
        return VanishShaper(emit, lambda _: True, self._note)

    def _note(self, size: int) -> None:
        self._bytes += size

    def evidence(self) -> tuple[bool, str]:
        """Count what was thrown away."""
        return self._bytes > 0, f"{count(self._bytes, 'byte')} thrown away"


class _Memory:
    """What a middlebox knows of one connection: when something last passed, in either direction."""

    def __init__(self, after: float) -> None:
        self._after = after
        self._latest = time.monotonic()
        self._lost = False

    @property
    def lost(self) -> bool:
        """Whether the connection is forgotten, for good."""
        self._lost = self._lost or time.monotonic() - self._latest >= self._after
        return self._lost

    def sees(self, item: Item) -> bool:  # noqa: ARG002 -- an end is a packet, too
        """Take note that something passes; return whether it vanishes instead."""
        lost = self.lost
        self._latest = time.monotonic()
        return lost


class Forget(RelayFault):
    """Forgets a connection on which nothing passes for ``after`` seconds; healed, it resets those that it forgot.

    The clock of a connection starts when the fault is installed, or with the connection. It is proven on a
    connection of its own, over which a byte is sent once it has been idle for that long.
    """

    def __init__(self, after: float) -> None:
        if after < _SHORTEST:
            raise ValueError(f"a connection cannot be forgotten after {after:g} s; write {_SHORTEST:g} s or more")
        self._after = after
        self._memories: WeakKeyDictionary[RelayedConnection, _Memory] = WeakKeyDictionary()
        self._bytes = 0
        self._proof = 0
        self._canary = Canary()
        self._speaks = Timer(after, self._canary.send)

    async def install(self, link: RelayedLink) -> None:  # noqa: ARG002 -- the hook's signature
        """Let a connection of the relay's own be idle from now on."""
        await self._canary.open()
        self._canary.meet(self)
        self._speaks.start()

    async def heal(self, link: RelayedLink) -> None:  # noqa: ARG002 -- the hook's signature
        """Reset what was forgotten."""
        self._speaks.stop()
        self._canary.close()
        for connection, memory in list(self._memories.items()):
            if memory.lost:
                connection.reset()

    def shaper(self, flow: Flow, emit: Emit) -> Shaper | None:
        """Drop everything of what is forgotten."""
        memory = self._memories.setdefault(flow.connection, _Memory(self._after))
        return VanishShaper(emit, memory.sees, lambda size: self._note(flow.connection, size))

    def _note(self, connection: RelayedConnection, size: int) -> None:
        if connection is self._canary.connection:
            self._proof += size
        else:
            self._bytes += size

    def evidence(self) -> tuple[bool, str]:
        """Tell what became of the byte on the connection of its own, and count what was dropped of others."""
        if not self._proof:
            return False, f"nothing was idle for {self._after:g} s yet"
        others = f"{count(self._bytes, 'byte')} of others dropped"
        if self._canary.heard:
            return False, f"an idle connection was not forgotten after {self._after:g} s; {others}"
        return True, f"an idle connection was forgotten after {self._after:g} s; {others}"


class _Pieces:
    """Hands the first line of an SSH connection on before what was read with it."""

    capacity = 0

    def __init__(self, shaper: VanishShaper) -> None:
        self._shaper = shaper
        self.held = 0

    def push(self, item: Item) -> None:
        """Hand on ``item``, in two where it begins with an identification string."""
        end = item.find(b"\n") + 1 if isinstance(item, bytes) and item.startswith(b"SSH-") else 0
        for piece in (item[:end], item[end:]) if isinstance(item, bytes) and end else (item,):
            if not isinstance(piece, bytes) or piece:
                self._shaper.push(piece)

    def drain(self) -> None:
        """Nothing is kept."""


class Oversize(RelayFault):
    """Throws away what comes in a piece of more than ``size`` bytes, and all that follows it in its direction.

    An identification string is a piece of its own, for programs write it by itself (RFC 4253, section 4.2), and the
    relay may read what follows at once with it. TCP would send the same packet again and again, and what follows would
    wait for it. Healed, it resets the connections that have such a hole.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._stuck: WeakSet[Flow] = WeakSet()
        self._bytes = 0

    async def heal(self, link: RelayedLink) -> None:  # noqa: ARG002 -- the hook's signature
        """Reset what has a hole."""
        for flow in list(self._stuck):
            flow.connection.reset()

    def shaper(self, flow: Flow, emit: Emit) -> Shaper | None:
        """Drop from the first large piece on."""
        return _Pieces(VanishShaper(emit, lambda item: self._sticks(flow, item), self._note))

    def _sticks(self, flow: Flow, item: Item) -> bool:
        if isinstance(item, bytes) and len(item) > self._size:
            self._stuck.add(flow)
        return flow in self._stuck

    def _note(self, size: int) -> None:
        self._bytes += size

    def evidence(self) -> tuple[bool, str]:
        """Count what was thrown away."""
        return self._bytes > 0, f"{count(self._bytes, 'byte')} in or behind packets of more than {self._size} dropped"
