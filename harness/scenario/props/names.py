"""Names that lead the client to a server, and what it looked up: a resolver of the scenario's own.

The adapter runs in a mount namespace of its own (unshare(1)), in which resolv.conf(5) and nsswitch.conf(5) send every
look-up to a small DNS server on a loopback address. A name leads to a relay on loopback, so that its address can
change while the server behind stays the same.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, TypeVar

import dns.exception
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

from harness.address import Address
from harness.errors import FabricBroken
from harness.faults.model import Evidence

T = TypeVar("T")
_SUFFIX = "tunspec.test"
"""Below a domain that no real resolver serves (RFC 6761, section 6.2)."""
_CHUNK = 65536
_WAIT = 10.0
_GREETS_WITHIN = 0.5
"""Seconds after which a server plainly says nothing; one on this machine greets in a few milliseconds."""
_ENTER = 'mount --bind "$1" /etc/resolv.conf && mount --bind "$2" /etc/nsswitch.conf && shift 2 && exec "$@"'


def name_of(node: str) -> str:
    """Return the name by which a scenario dials ``node``."""
    return f"{node}.{_SUFFIX}"


def why_not() -> str | None:
    """Return why the client cannot have names of its own on this machine, or None."""
    if not sys.platform.startswith("linux"):
        return "names of the client's own need Linux: a mount namespace"
    if os.geteuid() != 0:
        return "names of the client's own need root: a mount namespace and the port of DNS"
    if missing := [program for program in ("unshare", "mount") if shutil.which(program) is None]:
        return f"names of the client's own need {' and '.join(missing)}: install util-linux"
    return _no_namespace()


@cache
def _no_namespace() -> str | None:
    """Return why root may have no mount namespace here (a container that lacks CAP_SYS_ADMIN), or None."""
    tried = subprocess.run(("unshare", "--mount", "true"), capture_output=True, text=True, check=False)
    return f"names of the client's own need a mount namespace: {tried.stderr.strip()}" if tried.returncode else None


@dataclass(frozen=True)
class Moved:
    """A name that leads elsewhere now; at the old address nothing answers."""

    place: _DialledName
    old: _Relay

    def evidence(self) -> Evidence:
        """Return what is met by silence at the old address: a connection of our own, and others."""
        held = self.old.silenced
        silent = not self.old.passes and _says_nothing(Address(self.old.host, self.old.port))
        fell = "fell silent" if silent else "did not fall silent"
        where = f"{self.old.host} {fell} on {held} connections, the name leads to {self.place.relay.host}"
        return Evidence(proven=silent and self.place.relay is not self.old, summary=where)

    def heal(self) -> None:
        """Nothing to do: the new address is as good as the old one."""


@dataclass(frozen=True)
class Hidden:
    """A name that cannot be looked up for a while: ``asked`` counts who tried, ``show`` ends it."""

    name: str
    asked: Callable[[], int]
    show: Callable[[], None]

    def evidence(self) -> Evidence:
        """Return how often it was asked for in vain."""
        return Evidence(proven=self.asked() > 0, summary=f"{self.name} was asked for {self.asked()} times in vain")

    def heal(self) -> None:
        """Let it be found again."""
        self.show()


class _Silence(Exception):
    """A question that gets no answer."""


class Names:
    """One resolver and its names; nothing runs before it is asked for."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._subnet = f"127.{1 + secrets.randbelow(250)}.{1 + secrets.randbelow(250)}"
        self._places: dict[str, _DialledName] = {}
        self._left: list[_Relay] = []
        self._asked: list[str] = []
        self._hidden: dict[str, Literal["unknown", "silent"]] = {}
        self._transport: asyncio.DatagramTransport | None = None

    def prefix(self, folder: Path) -> tuple[str, ...]:
        """Start, and return what a command must begin with to be in the namespace. Raises FabricBroken."""
        self._start()
        resolv, switch = folder / "resolv.conf", folder / "nsswitch.conf"
        resolv.write_text(f"nameserver {self._subnet}.53\noptions timeout:1 attempts:2\n")
        switch.write_text("passwd: files\ngroup: files\nhosts: files dns\n")
        inside = ("sh", "-c", _ENTER, "sh", str(resolv), str(switch))
        return ("unshare", "--mount", "--propagation", "private", "--", *inside)

    def name(self, node: str, real: Address) -> Address:
        """Return a name, and a port there, that leads to ``real``."""
        if node not in self._places:
            relay = self._run(_Relay.listen(f"{self._subnet}.{len(self._places) + 1}", 0, real))
            self._places[node] = _DialledName(node, real, relay)
        place = self._places[node]
        return Address(name_of(node), place.relay.port)

    def given(self) -> dict[str, Address]:
        """Return the names that were given, by node."""
        return {node: Address(name_of(node), place.relay.port) for node, place in self._places.items()}

    def move(self, node: str) -> Moved:
        """Let the name lead to another address, and let the old one fall silent. Raises FabricBroken."""
        if node not in self._places:
            raise FabricBroken(f"{node} was not dialled by a name; write `dial: name` for the tunnel")
        place = self._places[node]
        old = place.relay
        self._left.append(old)
        self._run(old.silence())
        last = int(old.host.rsplit(".", 1)[1])
        place.relay = self._run(_Relay.listen(f"{self._subnet}.{last + 100}", old.port, place.real))
        return Moved(place, old)

    def hide(self, node: str, how: Literal["unknown", "silent"]) -> Hidden:
        """Let nobody find the name; what is connected goes on. Raises FabricBroken."""
        if node not in self._places:
            raise FabricBroken(f"{node} was not dialled by a name; write `dial: name` for the tunnel")
        name = name_of(node)
        before = self._asked.count(name)
        self._hidden[name] = how
        return Hidden(name, lambda: self._asked.count(name) - before, lambda: self._hidden.pop(name, None) and None)

    def asked(self) -> tuple[str, ...]:
        """Return every name that was looked up, in order."""
        return tuple(self._asked)

    def close(self) -> None:
        """End everything; a second call does nothing."""
        if self._loop is None or self._thread is None:
            return
        self._run(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_WAIT)
        self._loop.close()
        self._loop = None

    def _start(self) -> None:
        if self._loop is not None:
            return
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="names", daemon=True)
        self._thread.start()
        try:
            self._transport = self._run(self._serve())
        except OSError as error:
            raise FabricBroken(f"cannot serve DNS at {self._subnet}.53: {error}") from error

    async def _serve(self) -> asyncio.DatagramTransport:
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(
            lambda: _Resolver(self._answer), local_addr=(f"{self._subnet}.53", 53)
        )
        return transport

    async def _stop(self) -> None:
        if self._transport is not None:
            self._transport.close()
        for relay in (*self._left, *(place.relay for place in self._places.values())):
            await relay.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    def _answer(self, name: str) -> str | None:
        self._asked.append(name)
        match self._hidden.get(name):
            case "silent":
                raise _Silence
            case "unknown":
                return None
        place = self._places.get(name.removesuffix(f".{_SUFFIX}"))
        return place.relay.host if place else None

    def _run(self, action: Coroutine[None, None, T]) -> T:
        self._start()
        if self._loop is None:
            raise FabricBroken("the scenario's resolver does not run")
        return asyncio.run_coroutine_threadsafe(action, self._loop).result(_WAIT)


@dataclass
class _DialledName:
    node: str
    real: Address
    relay: _Relay


class _Resolver(asyncio.DatagramProtocol):
    """Answers questions for addresses (RFC 1035); what it does not know does not exist."""

    def __init__(self, answer: Callable[[str], str | None]) -> None:
        self._answer = answer
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        self._transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        try:
            query = dns.message.from_wire(data)
            question, *_ = query.question
            reply = dns.message.make_response(query)
        except (dns.exception.DNSException, ValueError):
            return
        name = question.name.to_text(omit_final_dot=True).lower()
        try:
            found = self._answer(name)
        except _Silence:
            return
        if found is None:
            reply.set_rcode(dns.rcode.NXDOMAIN)
        elif question.rdtype == dns.rdatatype.A:
            reply.answer.append(dns.rrset.from_text(question.name, 0, "IN", "A", found))
        if self._transport is not None:
            self._transport.sendto(reply.to_wire(), addr)


class _Relay:
    """Passes connections from one loopback address on to a server, until it falls silent."""

    def __init__(self, host: str, real: Address) -> None:
        self.host = host
        self.port = 0
        self._real = real
        self._server: asyncio.Server | None = None
        self._pumps: set[asyncio.Task[None]] = set()
        self._clients: set[asyncio.StreamWriter] = set()
        self._onward: set[asyncio.StreamWriter] = set()
        self._silent = False

    @classmethod
    async def listen(cls, host: str, port: int, real: Address) -> _Relay:
        """Listen at ``host``; ``port`` 0 is any. Raises OSError."""
        relay = cls(host, real)
        relay._server = await asyncio.start_server(relay._accept, host, port)
        relay.port = relay._server.sockets[0].getsockname()[1]
        return relay

    @property
    def passes(self) -> bool:
        """Whether it passes on what comes on any connection."""
        return bool(self._pumps)

    @property
    def silenced(self) -> int:
        """How many connections are held and hear nothing."""
        return len(self._clients) if self._silent else 0

    async def silence(self) -> None:
        """Pass nothing more, in either direction, and keep every connection."""
        self._silent = True
        for pump in self._pumps:
            pump.cancel()
        await asyncio.gather(*self._pumps, return_exceptions=True)

    async def close(self) -> None:
        """Stop listening and end every connection."""
        if self._server is not None:
            self._server.close()
        for pump in self._pumps:
            pump.cancel()
        for writer in self._clients | self._onward:
            writer.transport.abort()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._clients.add(writer)
        if self._silent:
            return
        try:
            there, onward = await asyncio.open_connection(*self._real)
        except OSError:
            self._clients.discard(writer)
            writer.close()
            return
        self._onward.add(onward)
        if not self._silent:
            await self._pass(_pump(reader, onward), _pump(there, writer))
        if not self._silent:
            self._clients.discard(writer)
            self._onward.discard(onward)
            writer.close()
            onward.close()

    async def _pass(self, *directions: Coroutine[None, None, None]) -> None:
        """Wait until both directions have ended, or were silenced."""
        pumps = {asyncio.ensure_future(direction) for direction in directions}
        self._pumps |= pumps
        await asyncio.wait(pumps)
        self._pumps -= pumps


def _says_nothing(server: Address) -> bool:
    """Tell whether a connection to ``server`` is not greeted, as one to an SSH server is (RFC 4253, section 4.2)."""
    try:
        with socket.create_connection(server, _GREETS_WITHIN) as connection:
            connection.recv(1)
            return False
    except TimeoutError:
        return True
    except OSError:
        return False


async def _pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    """Pass on bytes, the end of them, and a reset."""
    try:
        while data := await source.read(_CHUNK):
            sink.write(data)
            await sink.drain()
        if sink.can_write_eof():
            sink.write_eof()
    except OSError:
        sink.transport.abort()
