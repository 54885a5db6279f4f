"""A connection of the relay's own that meets a fault: what is put in at one end comes out at the other, or not."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING

from harness.world.embedded.flow import Connection

if TYPE_CHECKING:
    from harness.world.embedded.breaks import Break, Direction

_ARRIVES_WITHIN = 2.0


class Canary:
    """Proves a fault when nothing else passes the link. It leads to no node, so nobody counts it."""

    def __init__(self) -> None:
        self.connection = Connection(self, 0)
        self._client, self._near = socket.socketpair()
        self._far, self._server = socket.socketpair()
        self._client.setblocking(False)
        self._server.setblocking(False)
        self._heard_something: bool | None = None

    async def open(self) -> None:
        """Connect both ends and see a byte pass. Raises OSError when none does."""
        loop = asyncio.get_running_loop()
        await loop.create_connection(lambda: self.connection.near, sock=self._near)
        await loop.create_connection(lambda: self.connection.far, sock=self._far)
        self.send()
        async with asyncio.timeout(_ARRIVES_WITHIN):
            await loop.sock_recv(self._server, 1)

    def meet(self, fault: Break) -> None:
        """Put ``fault`` in force on it."""
        for flow in self.connection.flows:
            flow.add(fault)

    def send(self) -> None:
        """Put one byte in."""
        self._client.send(b"?")

    @property
    def heard(self) -> bool:
        """Whether anything came out since, until it was closed."""
        if self._heard_something is not None:
            return self._heard_something
        try:
            self._server.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return False
        return True

    def close(self) -> None:
        """End it."""
        self._heard_something = self.heard
        self.connection.reset()
        self._client.close()
        self._server.close()

    def note(self, connection: Connection, direction: Direction, size: int) -> None:
        """Nothing to do: what passes here is no traffic of a link."""

    def forget(self, connection: Connection) -> None:
        """Nothing to do."""
