"""How long to wait before each try to reconnect."""

from __future__ import annotations

from collections.abc import Iterator

from tunnel_impl.profile import Reconnect


class Backoff:
    """Delays in seconds: ``first_delay``, doubling up to ``max_delay``; each outage has ``attempts`` of them.

    They go on growing from one outage to the next until a session has outlived the delay before it: a server that
    logs a user in and soon ends the session is not asked again and again at ``first_delay``.
    """

    def __init__(self, reconnect: Reconnect) -> None:
        self.reconnect = reconnect
        self._last = 0.0
        self.next_delay = reconnect.first_delay

    def session_lived(self, seconds: float) -> None:
        """Begin at ``first_delay`` again when the session between two outages lived for longer than its delay."""
        if seconds > self._last:
            self.next_delay = self.reconnect.first_delay

    def delays(self) -> Iterator[float]:
        """Yield the delay before each attempt of an outage; the end of it is the end of trying."""
        for _ in range(self.reconnect.attempts):
            self._last = min(self.next_delay, self.reconnect.max_delay)
            self.next_delay = self._last * 2
            yield self._last
