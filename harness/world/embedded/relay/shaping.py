"""What the relay can do to the bytes of one direction: shapers that hold, delay, pace, cut or drop them.

A shaper gets the items of a flow in order (bytes, then perhaps :data:`EOF`, :data:`RESET` or, from another
shaper, :data:`CLOSE`) and hands them on in the same order, later. ``held`` is what it has now, ``capacity`` from
where on the flow stops reading.
"""

from __future__ import annotations

import asyncio
import enum
from collections import deque
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable


class End(enum.Enum):
    """How a direction ends."""

    EOF = "eof"
    RESET = "reset"
    CLOSE = "close"


EOF = End.EOF
RESET = End.RESET
CLOSE = End.CLOSE
Item = bytes | End


class Shaper(Protocol):
    """One fault's grip on one direction of one connection."""

    held: int
    capacity: int

    def push(self, item: Item) -> None:
        """Take the next item."""

    def drain(self) -> None:
        """Hand on everything at once; the shaper is used no more."""


class HoldShaper:
    """Keeps everything until it is drained."""

    capacity = 1 << 18

    def __init__(self, emit: Callable[[Item], None], note: Callable[[int], None]) -> None:
        self.held = 0
        self._emit = emit
        self._note = note
        self._items: list[Item] = []

    def push(self, item: Item) -> None:
        """Keep ``item``."""
        self._items.append(item)
        if isinstance(item, bytes):
            self.held += len(item)
            self._note(len(item))

    def drain(self) -> None:
        """Hand on what was kept."""
        items, self._items, self.held = self._items, [], 0
        for item in items:
            self._emit(item)


class DelayShaper:
    """Hands each item on ``delay`` seconds after it came; ``note`` is told how late each really was.

    What is drained was not delayed, and is not told of.
    """

    capacity = 1 << 24

    def __init__(self, emit: Callable[[Item], None], delay: float, note: Callable[[float], None]) -> None:
        self.held = 0
        self._emit = emit
        self._delay = delay
        self._note = note
        self._items: deque[tuple[float, Item]] = deque()
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None

    def push(self, item: Item) -> None:
        """Keep ``item`` until its time."""
        self._items.append((self._loop.time(), item))
        if isinstance(item, bytes):
            self.held += len(item)
        if self._timer is None:
            self._timer = self._loop.call_later(self._delay, self._due)

    def drain(self) -> None:
        """Hand on everything, due or not."""
        if self._timer is not None:
            self._timer.cancel()
        while self._items:
            self._next()

    def _next(self) -> None:
        _, item = self._items.popleft()
        if isinstance(item, bytes):
            self.held -= len(item)
        self._emit(item)

    def _due(self) -> None:
        self._timer = None
        while self._items and (late := self._loop.time() - self._items[0][0]) >= self._delay:
            self._note(late)
            self._next()
        if self._items:
            wait = self._items[0][0] + self._delay - self._loop.time()
            self._timer = self._loop.call_later(wait, self._due)


class Pacer(Protocol):
    """Says when the pieces of a direction pass."""

    def reserve(self, size: int, now: float) -> float:
        """Return when ``size`` more bytes (0 for an end) will have passed."""


class Pace:
    """The rate of one direction of a link, shared by all its connections."""

    def __init__(self, rate: int) -> None:
        self.rate = max(1, rate)
        self.passed = 0
        self.began = 0.0
        self.free_at = 0.0

    @property
    def measured(self) -> float:
        """Bytes a second since the first byte passed; only once one has."""
        return self.passed / (self.free_at - self.began)

    def reserve(self, size: int, now: float) -> float:
        """Return when ``size`` more bytes will have passed."""
        start = max(now, self.free_at)
        self.began = self.began or start
        self.passed += size
        self.free_at = start + size / self.rate
        return self.free_at


class Gap:
    """Time between the pieces of one direction of one connection; ``note`` is told the size of each."""

    def __init__(self, seconds: float, note: Callable[[int], None]) -> None:
        self._seconds = seconds
        self._note = note
        self._latest = 0.0

    def reserve(self, size: int, now: float) -> float:
        """Return when the next piece passes: ``seconds`` after the one before, an end right after it."""
        if size == 0:
            return max(now, self._latest)
        self._latest = max(now, self._latest + self._seconds)
        self._note(size)
        return self._latest


class PaceShaper:
    """Hands bytes on in pieces of at most ``piece``, each when its :class:`Pacer` lets it pass."""

    capacity = 1 << 16

    def __init__(self, emit: Callable[[Item], None], pacer: Pacer, piece: int) -> None:
        self.held = 0
        self._emit = emit
        self._pacer = pacer
        self._piece = max(1, piece)
        self._items: deque[Item] = deque()
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None

    def push(self, item: Item) -> None:
        """Keep ``item`` until there is room for it."""
        if isinstance(item, bytes):
            self.held += len(item)
        self._items.append(item)
        if self._timer is None:
            self._schedule()

    def drain(self) -> None:
        """Hand on everything at once."""
        if self._timer is not None:
            self._timer.cancel()
        items, self._items, self.held = self._items, deque(), 0
        for item in items:
            self._emit(item)

    def _schedule(self) -> None:
        head = self._items[0]
        now = self._loop.time()
        size = min(len(head), self._piece) if isinstance(head, bytes) else 0
        due = self._pacer.reserve(size, now)
        self._timer = self._loop.call_at(due, self._pass, size)

    def _pass(self, size: int) -> None:
        self._timer = None
        head = self._items.popleft()
        if isinstance(head, bytes):
            self.held -= size
            if size < len(head):
                self._items.appendleft(head[size:])
            self._emit(head[:size])
        else:
            self._emit(head)
        if self._items and self._timer is None:
            self._schedule()


class LimitShaper:
    """Hands on ``size`` bytes, then :data:`CLOSE` and nothing more; ``note`` is told when that happens."""

    held = 0
    capacity = 0

    def __init__(self, emit: Callable[[Item], None], size: int, note: Callable[[], None]) -> None:
        self._emit = emit
        self._left = size
        self._note = note
        self._over = False

    def push(self, item: Item) -> None:
        """Hand on what is within the limit."""
        if self._over:
            return
        if not isinstance(item, bytes):
            self._emit(item)
            return
        within = item[: self._left]
        self._left -= len(within)
        if within:
            self._emit(within)
        if self._left == 0:
            self._over = True
            self._note()
            self._emit(CLOSE)

    def drain(self) -> None:
        """Nothing is kept."""


class VanishShaper:
    """Hands on what ``vanishes`` does not throw away, ends too; ``note`` is told how many bytes are thrown away."""

    held = 0
    capacity = 0

    def __init__(
        self, emit: Callable[[Item], None], vanishes: Callable[[Item], bool], note: Callable[[int], None]
    ) -> None:
        self._emit = emit
        self._vanishes = vanishes
        self._note = note

    def push(self, item: Item) -> None:
        """Drop ``item``, or hand it on."""
        if not self._vanishes(item):
            self._emit(item)
        elif isinstance(item, bytes):
            self._note(len(item))

    def drain(self) -> None:
        """Nothing is kept."""
