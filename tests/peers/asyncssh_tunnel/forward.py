"""Local connections: each has a channel of its own (RFC 4254 section 7.2)."""

from __future__ import annotations

import asyncio
import socket
import struct
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import asyncssh

from asyncssh_tunnel.chain import target_failure
from asyncssh_tunnel.failure import Failure

if TYPE_CHECKING:
    from collections.abc import Callable

    from asyncssh_tunnel.chain import Chain

_CHUNK = 1 << 16
_RESET = struct.pack("ii", 1, 0)


class Forwarder:
    """Carries connections between clients and the target while there is a ``chain``; else it closes them at once."""

    def __init__(self, target: tuple[str, int], seconds: float, hop: int, failed: Callable[[Failure], None]) -> None:
        self.chain: Chain | None = None
        self._target = target
        self._seconds = seconds
        self._hop = hop
        self._failed = failed
        self._clients: set[asyncio.Task[None]] = set()

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take a connection of the listener's."""
        task = asyncio.create_task(self._serve(reader, writer))
        self._clients.add(task)
        task.add_done_callback(self._clients.discard)

    async def drop(self) -> None:
        """Reset every client, as their target is gone."""
        clients = tuple(self._clients)
        for client in clients:
            client.cancel()
        if clients:
            await asyncio.wait(clients)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if self.chain is not None:
                await self._carry(self.chain.last, reader, writer)
                writer.close()
        except Failure as failure:
            self._failed(failure)
        except (OSError, asyncssh.Error, asyncio.CancelledError):
            _reset(writer)
        finally:
            writer.close()

    async def _carry(
        self, conn: asyncssh.SSHClientConnection, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        near: tuple[str, int] = writer.get_extra_info("peername")[:2]
        far_reader, far = await self._channel(conn, near)
        try:
            up = asyncio.create_task(_pump(reader, far))
            down = asyncio.create_task(_pump(far_reader, writer))
            closed = asyncio.create_task(far.channel.wait_closed())
            try:
                await _both(up, down, closed)
            finally:
                for task in (up, down, closed):
                    task.cancel()
                await asyncio.wait({up, down, closed})
            if conn.is_closed():  # asyncssh tells the end of the session as an end of input
                raise ConnectionResetError("the session ended")
        except BaseException:
            far.channel.abort()
            raise
        far.channel.close()

    async def _channel(self, conn: asyncssh.SSHClientConnection, near: tuple[str, int]) -> tuple[Any, Any]:
        opening = asyncio.create_task(conn.open_connection(*self._target, *near, encoding=None))
        try:
            async with asyncio.timeout(self._seconds):
                return await asyncio.shield(opening)
        except TimeoutError:
            opening.add_done_callback(_close_late)
            raise Failure("timeout", f"no answer from the target within {self._seconds:g} s", self._hop) from None
        except asyncssh.ChannelOpenError as error:
            raise target_failure(error, self._hop) from None
        except asyncio.CancelledError:
            opening.add_done_callback(_close_late)
            raise


async def _both(up: asyncio.Task[None], down: asyncio.Task[None], closed: asyncio.Task[None]) -> None:
    """Return when both directions have ended, or the channel has and all that came is delivered; raise what broke."""
    waiting = {up, down, closed}
    while not (down.done() and (up.done() or closed.done())):
        done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()


async def _pump(source: Any, sink: Any) -> None:
    while data := await source.read(_CHUNK):
        sink.write(data)
        await sink.drain()
    sink.write_eof()


def _close_late(opening: asyncio.Task[Any]) -> None:
    """Close a channel that was opened after its client had been given up."""
    with suppress(asyncssh.Error, OSError, asyncio.CancelledError):
        opening.result()[1].channel.abort()


def _reset(writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    writer.transport.abort()
