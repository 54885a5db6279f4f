r"""The probe target: a TCP server behind the tunnel whose behaviour each client picks with its first line.

One file of the standard library only (Python 3.9 and later), so that it also runs inside a container::

    python target.py --host 127.0.0.1 --port 0

Behaviours, as the first line of a connection (ASCII, ended by ``\n``; the payload starts right behind it):

``ECHO``                return every byte; at the client's EOF return the rest, then half-close and close
``SEND <n> <seed>``     send ``n`` bytes of the pattern, then close
``SUM``                 read until EOF, only then reply ``<count> <sha256 in hex>\n`` and close
``SLOW <bytes_per_s>``  as ``SUM``, but reading no faster than this
``HALF <n> <seed>``     send ``n`` bytes of the pattern and half-close, then read until EOF
``DUPLEX <n> <seed>``   send ``n`` bytes of the pattern while reading until EOF, then reply as ``SUM``, close
``SILENT``              say nothing and stop reading, so that back-pressure builds up, until ``reset``
``DRIP <n> <ms>``       send ``n`` bytes of ``pattern(0, ...)``, one every ``ms`` milliseconds, then close
``RESET``               reset the connection at once (TCP RST, by SO_LINGER 0)
``CLOSE <ms>``          close after ``ms`` milliseconds

Anything else is answered ``ERROR <reason>\n`` and closed.

The pattern is :func:`pattern`: each 4 KiB block of the first 4 GiB is unlike every other, so lost, swapped or
repeated blocks show wherever they fall.

Control is one JSON object a line on standard input (a pipe or a socket), answered on standard output with the
same ``id``; end of file there ends the program. The first line of output is
``{"ready": {"host": "127.0.0.1", "port": 40000}}``.

``{"id": 1, "do": "listen", "on": false}``  stop listening: the kernel refuses; open connections stay
``{"id": 2, "do": "listen", "on": true}``   listen again, on the same port
``{"id": 3, "do": "connections"}``          what was accepted since the last reset, oldest first
``{"id": 4, "do": "reset"}``                close every connection, forget them all, listen again

A reply is ``{"id": 1, "ok": {}}`` or ``{"id": 1, "error": "..."}``; the ``ok`` of ``connections`` is
``{"connections": [{"peer": "127.0.0.1:40001", "received": 5, "sent": 5, "open": true}]}``. ``received`` and
``sent`` count payload bytes: the first line is not in ``received``, and ``sent`` has what was handed to the
kernel or waits in the target to be.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import socket
import struct
import sys
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

_BLOCK = 4096
_BASES = 1 << 20
_STRIDE = 0x9E375
_CHUNK = 1 << 18


@lru_cache(maxsize=8)
def _base(seed: int) -> memoryview:
    return memoryview(hashlib.shake_128(b"tunspec %d" % seed).digest(_BASES + _BLOCK))


def pattern(seed: int, offset: int, length: int) -> bytes:
    """Return ``length`` bytes of the pattern of ``seed`` from ``offset`` on.

    Block ``k`` (4 KiB) is a window into 1 MiB of SHAKE-128 output, at a place that no other block of the
    first 4 GiB has. Raises ValueError when ``offset`` or ``length`` is negative.
    """
    if offset < 0 or length < 0:
        raise ValueError(f"offset and length must not be negative, not {offset} and {length}")
    base = _base(seed)
    end = offset + length
    parts = []
    while offset < end:
        block, inside = divmod(offset, _BLOCK)
        start = block * _STRIDE % _BASES + inside
        size = min(_BLOCK - inside, end - offset)
        parts.append(base[start : start + size])
        offset += size
    return b"".join(parts)


class Connection:
    """One accepted connection, and what passed over it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        host, port = writer.get_extra_info("peername")[:2]
        self.peer = f"{host}:{port}"
        self.received = 0
        self.sent = 0
        self.open = True

    def record(self) -> dict[str, Any]:
        """Return the connection as the ``connections`` request shows it."""
        return {"peer": self.peer, "received": self.received, "sent": self.sent, "open": self.open}

    async def serve(self) -> None:
        """Do what the first line says, until either side ends the connection."""
        try:
            await self._behave((await self._reader.readline()).decode("ascii", "replace").split())
            self._writer.close()
            await self._writer.wait_closed()
        except OSError:
            self.abort()
        finally:
            self.open = False

    def abort(self) -> None:
        """Close at once, dropping what was not yet sent."""
        self._writer.transport.abort()

    async def send(self, data: bytes) -> None:
        """Send ``data``, waiting while the kernel takes no more. Raises OSError."""
        self.sent += len(data)
        self._writer.write(data)
        await self._writer.drain()

    async def receive(self, limit: int = _CHUNK) -> bytes:
        """Return up to ``limit`` bytes, none at EOF. Raises OSError."""
        data = await self._reader.read(limit)
        self.received += len(data)
        return data

    def half_close(self) -> None:
        """Tell the client that nothing more will come."""
        self._writer.write_eof()

    def stop_reading(self) -> None:
        """Leave what the client sends in the kernel, so that its window closes."""
        cast("asyncio.Transport", self._writer.transport).pause_reading()

    def reset(self) -> None:
        """Close with a TCP RST."""
        linger = struct.pack("ii", 1, 0)
        self._writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.abort()

    async def _behave(self, words: list[str]) -> None:
        if not words:
            return
        try:
            behaviour, arity = _BEHAVIOURS[words[0]]
            arguments = [int(word) for word in words[1:] if word.isdigit()]
            if len(arguments) != arity or len(words) != arity + 1:
                raise ValueError
        except (KeyError, ValueError):
            await self.send(f"ERROR not a behaviour: {' '.join(words)[:80]}\n".encode())
            return
        await behaviour(self, *arguments)


async def _echo(client: Connection) -> None:
    while data := await client.receive():
        await client.send(data)
    client.half_close()


async def _send(client: Connection, count: int, seed: int) -> None:
    for offset in range(0, count, _CHUNK):
        await client.send(pattern(seed, offset, min(_CHUNK, count - offset)))


async def _half(client: Connection, count: int, seed: int) -> None:
    await _send(client, count, seed)
    client.half_close()
    while await client.receive():
        pass


async def _sum(client: Connection) -> None:
    digest = hashlib.sha256()
    while data := await client.receive():
        digest.update(data)
    await client.send(f"{client.received} {digest.hexdigest()}\n".encode())


async def _slow(client: Connection, rate: int) -> None:
    loop = asyncio.get_running_loop()
    rate = max(1, rate)
    began = loop.time()
    digest = hashlib.sha256()
    while data := await client.receive(max(1, min(_CHUNK, rate // 20))):
        digest.update(data)
        await asyncio.sleep(began + client.received / rate - loop.time())
    await client.send(f"{client.received} {digest.hexdigest()}\n".encode())


async def _duplex(client: Connection, count: int, seed: int) -> None:
    sending = asyncio.ensure_future(_send(client, count, seed))
    digest = hashlib.sha256()
    try:
        while data := await client.receive():
            digest.update(data)
        await sending
    finally:
        sending.cancel()
    await client.send(f"{client.received} {digest.hexdigest()}\n".encode())


async def _silent(client: Connection) -> None:
    client.stop_reading()
    await asyncio.get_running_loop().create_future()


async def _drip(client: Connection, count: int, milliseconds: int) -> None:
    for offset in range(count):
        await asyncio.sleep(milliseconds / 1000)
        await client.send(pattern(0, offset, 1))


async def _reset(client: Connection) -> None:
    client.reset()


async def _close(_client: Connection, milliseconds: int) -> None:
    await asyncio.sleep(milliseconds / 1000)


_BEHAVIOURS: dict[str, tuple[Callable[..., Coroutine[Any, Any, None]], int]] = {
    "ECHO": (_echo, 0),
    "SEND": (_send, 2),
    "HALF": (_half, 2),
    "SUM": (_sum, 0),
    "SLOW": (_slow, 1),
    "DUPLEX": (_duplex, 2),
    "SILENT": (_silent, 0),
    "DRIP": (_drip, 2),
    "RESET": (_reset, 0),
    "CLOSE": (_close, 1),
}


class Target:
    """The listening socket and every connection since the last reset."""

    def __init__(self, host: str, port: int) -> None:
        self.host = host
        self.port = port
        self._server: asyncio.AbstractServer | None = None
        self._connections: dict[Connection, asyncio.Task[None]] = {}

    async def listen(self) -> None:
        """Accept connections; the first call fixes the port. Raises OSError."""
        if self._server is None:
            server = await asyncio.start_server(self._accepted, self.host, self.port, backlog=512)
            self.port = server.sockets[0].getsockname()[1]
            self._server = server

    def refuse(self) -> None:
        """Stop listening; open connections stay."""
        if self._server is not None:
            self._server.close()
            self._server = None

    async def reset(self) -> None:
        """End and forget every connection, and listen again."""
        tasks = list(self._connections.values())
        for connection, task in self._connections.items():
            connection.abort()
            task.cancel()
        self._connections.clear()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.listen()

    async def obey(self, request: dict[str, Any]) -> dict[str, Any]:
        """Carry out one control request and return its ``ok``. Raises ValueError when it is unknown."""
        do = request.get("do")
        if do == "connections":
            return {"connections": [connection.record() for connection in self._connections]}
        if do == "reset":
            await self.reset()
        elif do == "listen" and request.get("on") is True:
            await self.listen()
        elif do == "listen" and request.get("on") is False:
            self.refuse()
        else:
            raise ValueError("not a request: do is listen (with on: true or false), connections or reset")
        return {}

    async def _accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = Connection(reader, writer)
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 -- for the type checker: a coroutine always runs in a task
        self._connections[connection] = task
        with suppress(asyncio.CancelledError, ValueError, asyncio.LimitOverrunError):
            await connection.serve()
        connection.abort()


def _say(message: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


async def _control() -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    protocol = asyncio.StreamReaderProtocol(reader)
    await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, sys.stdin)
    return reader


async def run(host: str, port: int) -> None:
    """Serve until standard input ends. Raises OSError when the address cannot be listened on."""
    target = Target(host, port)
    control = await _control()
    await target.listen()
    _say({"ready": {"host": target.host, "port": target.port}})
    while line := await control.readline():
        request: Any = None
        try:
            request = json.loads(line)
            _say({"id": request["id"], "ok": await target.obey(request)})
        except (ValueError, TypeError, KeyError, OSError) as error:
            _say({"id": request.get("id") if isinstance(request, dict) else None, "error": f"{error}"})
    target.refuse()


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(description="The probe target of tunspec.")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on")
    parser.add_argument("--port", type=int, default=0, help="the port to listen on; 0 lets the kernel choose")
    arguments = parser.parse_args()
    try:
        asyncio.run(run(arguments.host, arguments.port))
    except OSError as error:
        address = f"{arguments.host}:{arguments.port}"
        sys.exit(f"cannot listen on {address}: {error.strerror}; choose another --host or --port")


if __name__ == "__main__":
    main()
