r"""The probe target: a TCP server behind the tunnel whose behaviour each client picks with its first line.

One file of the standard library only (Python 3.9 and later), so that it also runs inside a container::

    python target.py --host 127.0.0.1 --port 0

Behaviours, as the first line of a connection (ASCII, ended by ``\n``; the payload starts right behind it):

``ECHO``                return every byte; at the client's EOF return the rest, then half-close and close
``SEND <n> <seed>``     send ``n`` bytes of the pattern, then close
``SUM``                 read until EOF, only then reply ``<count> <sha256 in hex>\n`` and close
``SLOW <bytes_per_s> <n> <name>``  say ``ready\n``, read nothing until ``READ``, and no faster than this from then on;
                        after ``n`` bytes, whether EOF follows or not, reply as ``SUM``
``READ <name>``         let the ``SLOW`` connection of this name read, say ``ready\n`` and close
``HALF <n> <seed>``     send ``n`` bytes of the pattern and half-close, then read until EOF
``DUPLEX <n> <seed>``   send ``n`` bytes of the pattern while reading until EOF, then reply as ``SUM``, close
``SILENT``              say nothing and stop reading, so that back-pressure builds up, until ``reset``
``DRIP <n> <ms>``       send ``n`` bytes of ``pattern(0, ...)``, one every ``ms`` milliseconds, then close
``RESET``               reset the connection at once (TCP RST, by SO_LINGER 0)
``CLOSE <ms>``          close after ``ms`` milliseconds

Anything else is answered ``ERROR <reason>\n`` and closed.

**Proof.** A client must be able to tell this target from a copy of it that somebody else started. So the target has a
secret key, which it gets over its control channel and shares with the client alone, and a first line may end in one
more word, ``@`` and a nonce that no connection had before (``ECHO @5f0c``). Then every byte that the target sends on
this connection is masked: it is combined by exclusive or with :class:`Mask`, a stream that follows from the key and
the first line. No byte is added or delayed, so whatever is tested with the target stays as it is. The nonce stands in
the record of the connection, so the client can also see which of the target's connections was its own.

Where the target **greets**, it speaks first on every connection, as MySQL does: :data:`GREETING` bytes, which are 16
random ones and the first 16 of their HMAC-SHA-256 with the key. The mask then follows from the greeting too, so one
that was heard on another connection is of no use.

The pattern is :func:`pattern`: each 4 KiB block of the first 4 GiB is unlike every other, so lost, swapped or
repeated blocks show wherever they fall.

Control is one JSON object a line on standard input (a pipe or a socket); end of file there ends the program. The
first line is the setup: ``{}``, or ``{"key": "<hex>", "greets": true}``. Then the target listens and says
``{"ready": {"host": "127.0.0.1", "port": 40000}}``. Each further line is answered on standard output with the same
``id``.

``{"id": 1, "do": "listen", "on": false}``  stop listening: the kernel refuses; open connections stay
``{"id": 2, "do": "listen", "on": true}``   listen again, on the same port
``{"id": 3, "do": "connections"}``          what was accepted since the last reset, oldest first
``{"id": 4, "do": "reset", "setup": {}}``   close every connection, forget them all, take a setup, listen again

A reply is ``{"id": 1, "ok": {}}`` or ``{"id": 1, "error": "..."}``; the ``ok`` of ``connections`` is
``{"connections": [{"peer": "127.0.0.1:40001", "nonce": "5f0c", "received": 5, "sent": 5, "open": true}]}``.
``nonce`` is empty where the first line had none. ``received`` and ``sent`` count payload bytes: the first line is not
in ``received``, the greeting not in ``sent``, and ``sent`` has what was handed to the kernel or waits in the target to
be.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import hmac
import json
import secrets
import socket
import struct
import sys
from collections import defaultdict
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

_BLOCK = 4096
_BASES = 1 << 20
_STRIDE = 0x9E375
_CHUNK = 1 << 18
_PLAIN = 1 << 16
GREETING = 32
"""How many bytes a target that greets says first."""
READY = b"ready\n"
"""What ``SLOW`` says first, and ``READ`` when it is done."""


@lru_cache(maxsize=8)
def _base(seed: int, size: int) -> memoryview:
    return memoryview(hashlib.shake_128(b"tunspec %d" % seed).digest(size))


def pattern(seed: int, offset: int, length: int) -> bytes:
    """Return ``length`` bytes of the pattern of ``seed`` from ``offset`` on.

    Block ``k`` (4 KiB) is a window into 1 MiB of SHAKE-128 output, at a place that no other block of the
    first 4 GiB has. Raises ValueError when ``offset`` or ``length`` is negative.
    """
    if offset < 0 or length < 0:
        raise ValueError(f"offset and length must not be negative, not {offset} and {length}")
    size = _BLOCK if offset + length <= _BLOCK else _BASES + _BLOCK
    return _windows(_base(seed, size), offset, length)


def _windows(base: memoryview, offset: int, length: int) -> bytes:
    end = offset + length
    parts = []
    while offset < end:
        block, inside = divmod(offset, _BLOCK)
        start = block * _STRIDE % _BASES + inside
        size = min(_BLOCK - inside, end - offset)
        parts.append(base[start : start + size])
        offset += size
    return b"".join(parts)


def seal(key: bytes, data: bytes) -> bytes:
    """Return what proves that ``data`` comes from somebody who has ``key``: its HMAC-SHA-256."""
    return hmac.new(key, data, hashlib.sha256).digest()


class Mask:
    """The stream that masks what the target sends on one connection: nobody can make it without ``key``.

    ``said`` is the greeting, where there was one, and the first line; :func:`seal` of it is the seed of SHAKE-128. The
    first 64 KiB are its output as it comes, so that short talks cost little; then come windows as in the pattern.
    """

    def __init__(self, key: bytes, said: bytes) -> None:
        self._output = hashlib.shake_128(seal(key, said))
        self._base = memoryview(b"")

    def over(self, data: bytes, offset: int) -> bytes:
        """Mask ``data``, which begins ``offset`` bytes after the greeting; masking it again undoes that."""
        end = offset + len(data)
        needed = _PLAIN if end <= _PLAIN else _BASES + _BLOCK
        if len(self._base) < needed:
            self._base = memoryview(self._output.digest(needed))
        plain = self._base[offset : min(end, _PLAIN)]
        stream = bytes(plain) + _windows(self._base, offset + len(plain), len(data) - len(plain))
        masked = int.from_bytes(data, "little") ^ int.from_bytes(stream, "little")
        return masked.to_bytes(len(data), "little")


class Setup:
    """How connections are served: the secret key, empty where there is none, and whether the target greets."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.key = bytes.fromhex(document.get("key", ""))
        self.greets = bool(document.get("greets", False))
        self.may_read: defaultdict[int, asyncio.Event] = defaultdict(asyncio.Event)


class AcceptedConnection:
    """One accepted connection, and what passed over it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, setup: Setup) -> None:
        self._reader = reader
        self._writer = writer
        self._setup = setup
        self._mask: Mask | None = None
        self.nonce = ""
        host, port = writer.get_extra_info("peername")[:2]
        self.peer = f"{host}:{port}"
        self.received = 0
        self.sent = 0
        self.open = True

    def record(self) -> dict[str, Any]:
        """Return the connection as the ``connections`` request shows it."""
        passed = {"received": self.received, "sent": self.sent}
        return {"peer": self.peer, "nonce": self.nonce, **passed, "open": self.open}

    async def serve(self) -> None:
        """Do what the first line says, until either side ends the connection."""
        try:
            greeting = await self._greet() if self._setup.greets else b""
            line = await self._reader.readline()
            words = line.decode("ascii", "replace").split()
            if words and words[-1].startswith("@"):
                self.nonce = words.pop()[1:]
                self._mask = Mask(self._setup.key, greeting + line)
            await self._behave(words)
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
        sent, self.sent = self.sent, self.sent + len(data)
        self._writer.write(self._mask.over(data, sent) if self._mask else data)
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

    def may_read(self, name: int) -> asyncio.Event:
        """Return what is set once the connection of this name may read."""
        return self._setup.may_read[name]

    def reset(self) -> None:
        """Close with a TCP RST."""
        linger = struct.pack("ii", 1, 0)
        self._writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.abort()

    async def _greet(self) -> bytes:
        nonce = secrets.token_bytes(GREETING // 2)
        greeting = nonce + seal(self._setup.key, nonce)[: GREETING // 2]
        self._writer.write(greeting)
        await self._writer.drain()
        return greeting

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


async def _echo(client: AcceptedConnection) -> None:
    while data := await client.receive():
        await client.send(data)
    client.half_close()


async def _send(client: AcceptedConnection, count: int, seed: int) -> None:
    for offset in range(0, count, _CHUNK):
        await client.send(pattern(seed, offset, min(_CHUNK, count - offset)))


async def _half(client: AcceptedConnection, count: int, seed: int) -> None:
    await _send(client, count, seed)
    client.half_close()
    while await client.receive():
        pass


async def _sum(client: AcceptedConnection) -> None:
    digest = hashlib.sha256()
    while data := await client.receive():
        digest.update(data)
    await client.send(f"{client.received} {digest.hexdigest()}\n".encode())


async def _slow(client: AcceptedConnection, rate: int, count: int, name: int) -> None:
    rate = max(1, rate)
    await client.send(READY)
    await client.may_read(name).wait()
    digest = hashlib.sha256()
    piece = max(1, min(_CHUNK, rate // 20))
    while client.received < count and (data := await client.receive(min(piece, count - client.received))):
        digest.update(data)
        await asyncio.sleep(len(data) / rate)
    await client.send(f"{client.received} {digest.hexdigest()}\n".encode())


async def _read(client: AcceptedConnection, name: int) -> None:
    client.may_read(name).set()
    await client.send(READY)


async def _duplex(client: AcceptedConnection, count: int, seed: int) -> None:
    sending = asyncio.ensure_future(_send(client, count, seed))
    digest = hashlib.sha256()
    try:
        while data := await client.receive():
            digest.update(data)
        await sending
    finally:
        sending.cancel()
    await client.send(f"{client.received} {digest.hexdigest()}\n".encode())


async def _silent(client: AcceptedConnection) -> None:
    client.stop_reading()
    await asyncio.get_running_loop().create_future()


async def _drip(client: AcceptedConnection, count: int, milliseconds: int) -> None:
    for offset in range(count):
        await asyncio.sleep(milliseconds / 1000)
        await client.send(pattern(0, offset, 1))


async def _reset(client: AcceptedConnection) -> None:
    client.reset()


async def _close(_client: AcceptedConnection, milliseconds: int) -> None:
    await asyncio.sleep(milliseconds / 1000)


_BEHAVIOURS: dict[str, tuple[Callable[..., Coroutine[Any, Any, None]], int]] = {
    "ECHO": (_echo, 0),
    "SEND": (_send, 2),
    "HALF": (_half, 2),
    "SUM": (_sum, 0),
    "SLOW": (_slow, 3),
    "READ": (_read, 1),
    "DUPLEX": (_duplex, 2),
    "SILENT": (_silent, 0),
    "DRIP": (_drip, 2),
    "RESET": (_reset, 0),
    "CLOSE": (_close, 1),
}


class TargetServer:
    """The listening socket and every connection since the last reset."""

    def __init__(self, host: str, port: int, setup: Setup) -> None:
        self.host = host
        self.port = port
        self._setup = setup
        self._server: asyncio.AbstractServer | None = None
        self._connections: dict[AcceptedConnection, asyncio.Task[None]] = {}

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

    async def reset(self, setup: Setup) -> None:
        """End and forget every connection, and listen again, to serve by ``setup``."""
        tasks = list(self._connections.values())
        for connection, task in self._connections.items():
            connection.abort()
            task.cancel()
        self._connections.clear()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._setup = setup
        await self.listen()

    async def obey(self, request: dict[str, Any]) -> dict[str, Any]:
        """Carry out one control request and return its ``ok``. Raises ValueError when it is unknown."""
        do = request.get("do")
        if do == "connections":
            return {"connections": [connection.record() for connection in self._connections]}
        if do == "reset":
            await self.reset(Setup(request.get("setup", {})))
        elif do == "listen" and request.get("on") is True:
            await self.listen()
        elif do == "listen" and request.get("on") is False:
            self.refuse()
        else:
            raise ValueError("not a request: do is listen (with on: true or false), connections or reset")
        return {}

    async def _accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = AcceptedConnection(reader, writer, self._setup)
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
    control = await _control()
    target = TargetServer(host, port, Setup(json.loads(await control.readline() or b"{}")))
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
