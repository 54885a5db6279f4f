"""Faults that slow, slice or end what passes a link; where nothing does, bytes of the relay's own prove them."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections import Counter
from typing import TYPE_CHECKING

from harness.world.embedded.relay.faults import RelayFault, count
from harness.world.embedded.relay.shaping import DelayShaper, Gap, Item, LimitShaper, Pace, PaceShaper, Shaper
from harness.world.embedded.relay.trial import Trial

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from harness.world.embedded.relay.canary import Canary
    from harness.world.embedded.relay.faults import Emit
    from harness.world.embedded.relay.flow import Flow
    from harness.world.embedded.relay.process import RelayedLink
    from harness.world.embedded.relay.trial import Outcome
    from harness.world.fabric import Direction

_NEARLY = 0.95
"""The share of a delay, or of the time for some bytes, that must pass: clocks are not exact."""
_TRIES_A_SECOND = 20
_LARGEST_TRY = 1 << 20
"""Bytes of the relay's own at most, to measure a rate."""


class Tried(RelayFault):
    """A fault that is proven by what it did to the link's bytes, or to the relay's own where the link had none."""

    def __init__(self) -> None:
        self._trial = Trial(self._try)

    async def install(self, link: RelayedLink) -> None:  # noqa: ARG002 -- the hook's signature
        """Put bytes of the relay's own in."""
        await self._trial.start(self)

    async def heal(self, link: RelayedLink) -> None:  # noqa: ARG002 -- the hook's signature
        """Put no more in."""
        await self._trial.end()

    @abstractmethod
    def evidence(self) -> Outcome:
        """Return what the fault did to the link's bytes, or to the relay's own."""

    @abstractmethod
    async def _try(self, canary: Canary) -> Outcome:
        """Measure the fault on a connection that has met it. Raises OSError."""

    def _tried(self, link: str) -> Outcome:
        """Return the evidence of a link on which nothing passed, which ``link`` says."""
        proven, measured = self._trial.outcome
        return proven, f"{link}; {measured}"


class Latency(Tried):
    """Delivers everything ``delay`` seconds after it came."""

    def __init__(self, delay: float) -> None:
        super().__init__()
        self._delay = delay
        self._count = 0
        self._least = float("inf")
        self._most = 0.0

    def shaper(self, flow: Flow, emit: Emit) -> Shaper | None:
        """Delay everything."""
        return DelayShaper(emit, self._delay, _ignore if self._trial.owns(flow) else self._note)

    def _note(self, late: float) -> None:
        self._count += 1
        self._least = min(self._least, late)
        self._most = max(self._most, late)

    async def _try(self, canary: Canary) -> Outcome:
        seconds = await _timed(canary.send_to_server(1))
        return seconds >= self._delay * _NEARLY, f"a byte of the relay's own delayed by {seconds * 1000:.0f} ms"

    def evidence(self) -> Outcome:
        """Tell the delays as measured."""
        if self._count == 0:
            return self._tried("nothing passed the link")
        measured = f"{self._least * 1000:.0f} to {self._most * 1000:.0f} ms"
        proven = self._least >= self._delay * _NEARLY
        return proven, f"{count(self._count, 'chunk')} delayed by {measured}"


class Bandwidth(Tried):
    """Lets at most ``rate`` bytes a second pass in each direction, all connections together."""

    def __init__(self, rate: int) -> None:
        super().__init__()
        self._rate = rate
        self._paces: dict[Direction, Pace] = {"server": Pace(rate), "client": Pace(rate)}

    def shaper(self, flow: Flow, emit: Emit) -> Shaper | None:
        """Pace everything; what the relay itself puts in takes nothing of the link's rate."""
        pace = Pace(self._rate) if self._trial.owns(flow) else self._paces[flow.towards]
        return PaceShaper(emit, pace, min(1 << 15, pace.rate // 50))

    async def _try(self, canary: Canary) -> Outcome:
        size = max(1, min(self._rate // _TRIES_A_SECOND, _LARGEST_TRY))
        measured = size / await _timed(canary.send_to_server(size))
        return measured * _NEARLY <= self._rate, f"{count(size, 'byte')} of the relay's own at {measured:.0f} B/s"

    def evidence(self) -> Outcome:
        """Tell the bytes and the rate as measured."""
        told = [
            f"{count(pace.passed, 'byte')} towards the {end} at {pace.measured:.0f} B/s"
            for end, pace in self._paces.items()
            if pace.passed
        ]
        return (True, ", ".join(told)) if told else self._tried("nothing passed the link")


class Slice(Tried):
    """Delivers pieces of at most ``size`` bytes, each ``delay`` seconds after the one before it."""

    def __init__(self, size: int, delay: float) -> None:
        super().__init__()
        self._size = size
        self._delay = delay
        self._pieces: Counter[int] = Counter()
        self._tried_pieces: Counter[int] = Counter()

    def shaper(self, flow: Flow, emit: Emit) -> Shaper | None:
        """Cut everything up."""
        pieces = self._tried_pieces if self._trial.owns(flow) else self._pieces
        return PaceShaper(emit, Gap(self._delay, lambda size: pieces.update((size,))), self._size)

    async def _try(self, canary: Canary) -> Outcome:
        seconds = await _timed(canary.send_to_server(self._size + 1))
        apart = seconds >= self._delay * _NEARLY
        return self._tried_pieces.total() > 1 and apart, f"of the relay's own {self._told(self._tried_pieces)}"

    def evidence(self) -> Outcome:
        """Count the pieces; without one of full size nothing was cut, and with one alone none was delayed."""
        if not self._pieces:
            return self._tried("nothing passed the link")
        proven = self._size in self._pieces or (self._delay > 0 and self._pieces.total() > 1)
        return proven, self._told(self._pieces)

    def _told(self, pieces: Counter[int]) -> str:
        size = sum(each * times for each, times in pieces.items())
        told = f"{count(size, 'byte')} in {count(pieces.total(), 'piece')} of at most {self._size}"
        return f"{told}, {self._delay * 1000:g} ms apart" if self._delay else told


class Limit(Tried):
    """Ends each connection made from now on after ``size`` bytes towards the side that dialled."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self._size = size
        self._installed = False
        self._passed = 0
        self._ended = 0

    async def install(self, link: RelayedLink) -> None:
        """Grip connections from now on: the link has gone through those that it had."""
        self._installed = True
        await super().install(link)

    def shaper(self, flow: Flow, emit: Emit) -> Shaper | None:
        """Count what comes back."""
        if flow.towards == "server" or not self._installed:
            return None
        if self._trial.owns(flow):
            return LimitShaper(emit, self._size, _nothing)

        def counted(item: Item) -> None:
            self._passed += len(item) if isinstance(item, bytes) else 0
            emit(item)

        return LimitShaper(counted, self._size, self._note)

    def _note(self) -> None:
        self._ended += 1

    async def _try(self, canary: Canary) -> Outcome:
        came = await canary.send_to_client(self._size)
        return came == self._size, f"one of the relay's own ended after {count(came, 'byte')}"

    def evidence(self) -> Outcome:
        """Count what was ended."""
        summary = f"{count(self._ended, 'connection')} ended after {count(self._size, 'byte')}"
        return (self._ended > 0, summary) if self._passed else self._tried(summary)


async def _timed(work: Awaitable[None]) -> float:
    """Return how many seconds ``work`` takes."""
    clock = asyncio.get_running_loop().time
    began = clock()
    await work
    return clock() - began


def _ignore(_late: float) -> None:
    """Measure nothing."""


def _nothing() -> None:
    """Count nothing."""
