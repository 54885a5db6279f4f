"""One switch that ends everything a tunnel waits for."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tunnel_impl.errors import TunnelError


class Cancellation:
    """Set once by ``close()``; whoever waits registers how to be woken."""

    def __init__(self) -> None:
        self._set = threading.Event()
        self._awake = threading.Event()
        self._lock = threading.Lock()
        self._wakers: dict[object, Callable[[], None]] = {}

    def __bool__(self) -> bool:
        return self._set.is_set()

    def cancel(self) -> None:
        """Wake every waiter, now and in future; a second call does nothing."""
        with self._lock:
            self._set.set()
            self._awake.set()
            wakers = list(self._wakers.values())
            self._wakers.clear()
        for waker in wakers:
            waker()

    def check(self) -> None:
        """Raise TunnelError ``cancelled`` when the tunnel was closed."""
        if self:
            raise TunnelError("cancelled", "The tunnel was closed before it was connected.")

    def sleep(self, seconds: float) -> None:
        """Wait ``seconds``, less when hurried; raise TunnelError ``cancelled`` as soon as the tunnel is closed."""
        self.check()
        self._awake.wait(seconds)
        self._awake.clear()
        self.check()

    def hurry(self) -> None:
        """End the sleep of whoever sleeps now, or next."""
        self._awake.set()

    @contextmanager
    def wakes(self, waker: Callable[[], None]) -> Iterator[None]:
        """Call ``waker`` from the cancelling thread when the tunnel is closed inside this block."""
        key = object()
        with self._lock:
            already = self._set.is_set()
            if not already:
                self._wakers[key] = waker
        if already:
            waker()
        try:
            yield
        finally:
            with self._lock:
                self._wakers.pop(key, None)
