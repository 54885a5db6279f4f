"""A client that has said all it has to say, and hears the target out."""

from __future__ import annotations

import secrets
from contextlib import closing

from harness.errors import Failed
from harness.probe.client import Held


class Rest:
    """What comes back on a connection whose client ends its own direction now, after ``size`` random bytes."""

    def __init__(self, held: Held, size: int) -> None:
        self._held = held
        self._sent = secrets.token_bytes(size)
        held.say_last(self._sent)

    def drain(self, within: float) -> None:
        """See every byte come back, and the end behind them. Raises Failed."""
        with closing(self._held):
            arrived = self._held.rest(within)
        if arrived != self._sent:
            wanted = f"all {len(self._sent)} bytes sent before the end to come back"
            raise Failed(wanted, _difference(arrived, self._sent))
        self._held.proven()

    def abort(self) -> None:
        """Reset the connection (RST)."""
        self._held.abort()

    def close(self) -> None:
        """End the connection from the client's side."""
        self._held.close()


def _difference(arrived: bytes, sent: bytes) -> str:
    return f"{len(arrived)} bytes, then the end" if len(arrived) != len(sent) else "other bytes"
