"""The one thread that moves bytes: it waits for all local sockets at once and never for a single one."""

from __future__ import annotations

import functools
import heapq
import itertools
import logging
import selectors
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

READ = selectors.EVENT_READ
WRITE = selectors.EVENT_WRITE
_log = logging.getLogger(__name__)


class Owned(Protocol):
    """Something that lives in an event loop and must end with it."""

    def end(self) -> None:
        """Free everything; called in the loop's thread."""


class IoLoop:
    """Runs handlers when sockets are ready, calls from other threads, and timers; all in one thread."""

    def __init__(self) -> None:
        self.owned: set[Owned] = set()
        self._selector = selectors.DefaultSelector()
        self._calls: deque[Callable[[], None]] = deque()
        self._timers: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._awake, self._waker = socket.socketpair()
        self._awake.setblocking(False)
        self._waker.setblocking(False)
        self._signalled = False
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="tunnel-loop", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._selector.register(self._awake, READ, self._on_wake)
        self._thread.start()

    def stop(self) -> None:
        """End everything the loop owns and its thread; returns when that is done."""

        def stop() -> None:
            self._stopping = True

        self.call(stop)
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def call(self, call: Callable[[], None]) -> None:
        """Have ``call`` run in the loop's thread, soon; from any thread. Ignored once the loop has stopped."""
        self._calls.append(call)
        if not self._signalled:
            self._signalled = True
            with suppress(OSError):
                self._waker.send(b"!")

    def call_later(self, seconds: float, call: Callable[[], None]) -> None:
        """Have ``call`` run after ``seconds``; in the loop's thread only."""
        heapq.heappush(self._timers, (time.monotonic() + seconds, next(self._order), call))

    def watch(self, sock: socket.socket, events: int, handler: Callable[[int], None]) -> None:
        """Run ``handler`` with the ready events; 0 stops that. In the loop's thread only."""
        known = self._selector.get_map().get(sock)
        if known is None:
            if events:
                self._selector.register(sock, events, handler)
        elif not events:
            self._selector.unregister(sock)
        elif known.events != events:
            self._selector.modify(sock, events, handler)

    def _run(self) -> None:
        while not self._stopping:
            for key, events in self._selector.select(self._until_next_timer()):
                self._guarded(functools.partial(key.data, events))
            while self._timers and self._timers[0][0] <= time.monotonic():
                self._guarded(heapq.heappop(self._timers)[2])
            for _ in range(len(self._calls)):
                self._guarded(self._calls.popleft())
        for one in list(self.owned):
            self._guarded(one.end)
        self._selector.close()
        self._awake.close()
        self._waker.close()

    def _until_next_timer(self) -> float | None:
        if self._calls:
            return 0
        return max(0.0, self._timers[0][0] - time.monotonic()) if self._timers else None

    def _on_wake(self, events: int) -> None:
        # The flag falls before the calls are run, and only then: a call that comes in between is run with them.
        del events
        with suppress(BlockingIOError):
            self._awake.recv(64)
        self._signalled = False

    def _guarded(self, call: Callable[[], None]) -> None:
        try:
            call()
        except Exception:  # noqa: BLE001 -- one connection's fault must not stop the others
            _log.exception("a handler failed; the other connections go on")
