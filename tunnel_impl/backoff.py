"""How long to wait before each try to reconnect."""

from __future__ import annotations

from collections.abc import Iterator

from tunnel_impl.profile import Reconnect


class Backoff:
    """Delays in seconds: ``first_delay``, doubling up to ``max_delay``, one for each of ``attempts``."""

    def __init__(self, reconnect: Reconnect) -> None:
        self._reconnect = reconnect

    def delays(self) -> Iterator[float]:
        """Yield the delay before each attempt; the end of it is the end of trying."""
        delay = self._reconnect.first_delay
        for _ in range(self._reconnect.attempts):
            yield min(delay, self._reconnect.max_delay)
            delay *= 2
