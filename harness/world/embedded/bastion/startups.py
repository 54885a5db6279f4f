"""MaxStartups of sshd_config(5): how many may be at the door at once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from harness.world.embedded.bastion.transport import TransportLayer

_WORDS = b"Exceeded MaxStartups\r\n"
"""What sshd says before it closes, in place of its version."""


class Startups:
    """The connections that have not logged in yet."""

    def __init__(self) -> None:
        self._waiting: list[TransportLayer] = []

    def are_fewer_than(self, limit: int | None) -> bool:
        """Tell whether one more may come; None lets any number in."""
        self._waiting = [one for one in self._waiting if not (one.authenticated or one.is_closed())]
        return limit is None or len(self._waiting) < limit

    def add(self, connection: TransportLayer) -> None:
        """Count a connection until it has logged in or ended."""
        self._waiting.append(connection)


class TurnedAway(asyncio.Protocol):
    """A connection that is one too many."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Say so and close."""
        turned_away = cast("asyncio.Transport", transport)
        turned_away.write(_WORDS)
        turned_away.close()
