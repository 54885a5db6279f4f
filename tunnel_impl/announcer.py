"""Tells a tunnel's states in the order in which they were taken, whichever threads take them."""

from __future__ import annotations

import threading
from collections import deque
from contextlib import suppress

from tunnel_impl.errors import TunnelError
from tunnel_impl.status import OnState, State


class Announcer:
    """States on their way to ``hear``, which is called for one at a time; what it raises is ignored."""

    def __init__(self, hear: OnState) -> None:
        self._hear = hear
        self._waiting: deque[tuple[State, TunnelError | None]] = deque()
        self._telling = threading.Lock()

    def put(self, state: State, error: TunnelError | None) -> None:
        """Take a state in; the order of these calls is that in which the states are told."""
        self._waiting.append((state, error))

    def deliver(self) -> None:
        """Tell what waits, or leave it to the thread that is telling now: nobody waits for a slow listener."""
        while self._waiting and self._telling.acquire(blocking=False):
            try:
                while self._waiting:
                    with suppress(Exception):
                        self._hear(*self._waiting.popleft())
            finally:
                self._telling.release()
