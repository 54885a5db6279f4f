"""A connection of the relay's own that meets a fault: what is put in at one end comes out at the other, or not."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING

from harness.world.embedded.relay.flow import RelayedConnection

if TYPE_CHECKING:
    from harness.world.embedded.relay.faults import RelayFault
    from harness.world.fabric import Direction

_ARRIVES_WITHIN = 2.0
_CHUNK = 1 << 16


class Canary:
    """Proves a fault when nothing else passes the link. It leads to no node, so nobody counts it."""

    def __init__(self) -> None:
        self.connection = RelayedConnection(self, 0)
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

    def meet(self, fault: RelayFault) -> None:
        """Put ``fault`` in force on it."""
        for flow in self.connection.flows:
            flow.add(fault)

    def send(self) -> None:
        """Put one byte in."""
        self._client.send(b"?")

    async def send_to_server(self, size: int) -> None:
        """Put ``size`` bytes in, and see as many come out at the node's end. Raises OSError."""
        await asyncio.gather(asyncio.get_running_loop().sock_sendall(self._client, bytes(size)), self._take(size))

    async def send_to_client(self, size: int) -> int:
        """Send ``size`` bytes from the node's end; return how many came out before the end. Raises OSError."""
        sent = asyncio.get_running_loop().sock_sendall(self._server, bytes(size))
        _, came = await asyncio.gather(sent, self._read_to_end())
        return came

    async def _take(self, size: int) -> None:
        loop = asyncio.get_running_loop()
        while size > 0:
            taken = len(await loop.sock_recv(self._server, size))
            if not taken:
                raise ConnectionResetError
            size -= taken

    async def _read_to_end(self) -> int:
        loop = asyncio.get_running_loop()
        came = 0
        while data := await loop.sock_recv(self._client, _CHUNK):
            came += len(data)
        return came

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
        """End it, remembering whether anything was heard."""
        self._heard_something = self.heard
        self.drop()

    def drop(self) -> None:
        """End it."""
        self.connection.reset()
        self._client.close()
        self._server.close()

    def dialled(self, source: int, port: int) -> None:
        """Nothing to do: a canary dials nobody."""

    def note(self, connection: RelayedConnection, towards: Direction, size: int) -> None:
        """Nothing to do: what passes here is not traffic of a link."""

    def forget(self, connection: RelayedConnection) -> None:
        """Nothing to do."""
