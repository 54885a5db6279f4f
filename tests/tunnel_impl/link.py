"""A TCP server, and a way to one that can be broken."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from .bastion import LOOPBACK
from .event_loop import Loop

Connected = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Send back what comes, to the end."""
    while data := await reader.read(1 << 16):
        writer.write(data)
        await writer.drain()


class Port:
    """A TCP server in the loop: each connection is a call of ``serve``."""

    def __init__(self, loop: Loop, serve: Connected) -> None:
        self.loop, self.serve = loop, serve
        self.seen = 0
        self.open = 0
        self.port = loop.run(self._listen())

    def stop(self) -> None:
        self.loop.run(self._stop())

    def start(self) -> None:
        self.loop.run(self._listen(self.port))

    async def _listen(self, port: int = 0) -> int:
        self._server = await asyncio.start_server(self._serve, LOOPBACK, port)
        return int(self._server.sockets[0].getsockname()[1])

    async def _stop(self) -> None:
        self._server.close()
        await asyncio.sleep(0)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.seen += 1
        self.open += 1
        try:
            await self.serve(reader, writer)
        except OSError:
            pass
        finally:
            self.open -= 1
            writer.close()


class Link:
    """The way to ``port``: can be cut, and can fall silent."""

    def __init__(self, loop: Loop, port: int) -> None:
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._to = port
        self.sent_by_client: list[float] = []
        self.door = Port(loop, self._carry)
        self.port = self.door.port
        self._loop = loop

    def stall(self) -> None:
        self._loop.loop.call_soon_threadsafe(self._flowing.clear)

    def resume(self) -> None:
        self._loop.loop.call_soon_threadsafe(self._flowing.set)

    def cut(self) -> None:
        self.door.stop()
        self._loop.run(self._end_all())

    def mend(self) -> None:
        self.door.start()

    async def _end_all(self) -> None:
        for writer in list(self._writers):
            writer.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(LOOPBACK, self._to)
        self._writers |= {writer, far_writer}
        try:
            await asyncio.gather(
                self._copy(reader, far_writer, self.sent_by_client), self._copy(far_reader, writer, [])
            )
        finally:
            self._writers -= {writer, far_writer}
            far_writer.close()

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, times: list[float]) -> None:
        try:
            while data := await reader.read(1 << 16):
                times.append(time.monotonic())
                await self._flowing.wait()
                writer.write(data)
                await writer.drain()
        finally:
            writer.close()
