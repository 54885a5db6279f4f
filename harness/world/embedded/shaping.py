"""What the relay can do to the bytes of one direction: stages that hold, delay or pace them.

A stage gets the items of a flow in order (bytes, then perhaps :data:`EOF` or :data:`RESET`) and hands them on
in the same order, later. ``held`` is what it has now, ``capacity`` from where on the flow reads no more.
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


EOF = End.EOF
RESET = End.RESET
Item = bytes | End


class Stage(Protocol):
    """One fault's grip on one direction of one connection."""

    held: int
    capacity: int

    def push(self, item: Item) -> None:
        """Take the next item."""

    def drain(self) -> None:
        """Hand on everything at once; the stage is used no more."""


class HoldStage:
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


class DelayStage:
    """Hands each item on ``delay`` seconds after it came; ``note`` is told how late each really was."""

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
        came, item = self._items.popleft()
        if isinstance(item, bytes):
            self.held -= len(item)
        self._note(self._loop.time() - came)
        self._emit(item)

    def _due(self) -> None:
        self._timer = None
        while self._items and self._items[0][0] + self._delay <= self._loop.time():
            self._next()
        if self._items:
            wait = self._items[0][0] + self._delay - self._loop.time()
            self._timer = self._loop.call_later(wait, self._due)


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


class PaceStage:
    """Hands bytes on in small pieces, each when its :class:`Pace` lets it pass."""

    capacity = 1 << 16

    def __init__(self, emit: Callable[[Item], None], pace: Pace) -> None:
        self.held = 0
        self._emit = emit
        self._pace = pace
        self._piece = max(1, min(1 << 15, pace.rate // 50))
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
        due = self._pace.reserve(size, now)
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
