"""One connection through the relay: two sockets, and a flow in each direction."""

from __future__ import annotations

import asyncio
import socket
import struct
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol, cast

from harness.world.embedded.relay.shaping import CLOSE, EOF, RESET, Item, Shaper

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.world.embedded.relay.faults import RelayFault
    from harness.world.fabric import Direction

_LINGER_0 = struct.pack("ii", 1, 0)
_BEFORE_CONNECTED = 1 << 16
_AGAIN = 0.01


class Carrier(Protocol):
    """Whose connection it is, usually a link."""

    def dialled(self, source: int, port: int) -> None:
        """Take note that the relay dialled from ``port``, for what came from the port ``source``."""

    def note(self, connection: RelayedConnection, towards: Direction, size: int) -> None:
        """Take note of bytes that came in."""

    def forget(self, connection: RelayedConnection) -> None:
        """Take note that ``connection`` is over."""


class Side(asyncio.Protocol):
    """One of the two sockets; what it receives goes into ``outward``, what ``inward`` delivers it sends."""

    def __init__(self, connection: RelayedConnection, outward: Flow, inward: Flow) -> None:
        self._connection = connection
        self._outward = outward
        self._inward = inward
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the socket."""
        self.transport = cast("asyncio.Transport", transport)
        if self._connection.over:
            self.reset()
            return
        self._outward.pace()
        self._inward.sink_ready()

    def data_received(self, data: bytes) -> None:
        """Pass on."""
        self._outward.accept(data)

    def eof_received(self) -> bool:
        """Pass on the half-close and stay open for the other direction."""
        self._outward.accept(EOF)
        return True

    def pause_writing(self) -> None:
        """Let back-pressure through."""
        self._inward.sink_full = True
        self._inward.pace()

    def resume_writing(self) -> None:
        """End the back-pressure."""
        self._inward.sink_full = False
        self._inward.pace()

    def connection_lost(self, exc: Exception | None) -> None:
        """Pass on a reset; an orderly close comes from the connection itself."""
        self.transport = None
        if exc is not None:
            self._outward.accept(RESET)

    def reset(self) -> None:
        """Close with a TCP RST."""
        if self.transport is not None:
            self.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_0)
            self.transport.abort()

    def finish(self) -> None:
        """Close with a FIN at once, dropping what was not yet sent."""
        if self.transport is not None:
            with suppress(OSError):
                self.transport.get_extra_info("socket").shutdown(socket.SHUT_WR)
            self.transport.abort()


class Flow:
    """One direction: from the source's socket through the link's faults to the sink's socket."""

    def __init__(self, connection: RelayedConnection, towards: Direction) -> None:
        self.connection = connection
        self.towards: Direction = towards
        self.source: Side | None = None
        self.sink: Side | None = None
        self.sink_full = False
        self.ended = False
        self._shapers: list[tuple[RelayFault, Shaper]] = []
        self._early: list[Item] = []
        self._early_bytes = 0
        self._paused = False

    def accept(self, item: Item) -> None:
        """Take what the source's socket received."""
        if isinstance(item, bytes):
            self.connection.carrier.note(self.connection, self.towards, len(item))
        self._pass(0, item)
        self.pace()

    def add(self, fault: RelayFault) -> None:
        """Let ``fault`` grip this direction."""
        shaper = fault.shaper(self, lambda item: self._emit(fault, item))
        if shaper is not None:
            self._shapers.append((fault, shaper))

    def remove(self, fault: RelayFault) -> None:
        """Let go, delivering in order what the fault still has."""
        for entry in [entry for entry in self._shapers if entry[0] is fault]:
            entry[1].drain()
            if entry in self._shapers:
                self._shapers.remove(entry)
        self.pace()

    def pace(self) -> None:
        """Read from the source only while there is room for what it sends."""
        transport = self.source.transport if self.source else None
        if transport is None or transport.is_closing():
            return
        full = self.sink_full or self._early_bytes > _BEFORE_CONNECTED
        full = full or any(shaper.held > shaper.capacity for _, shaper in self._shapers)
        if full and not self._paused:
            transport.pause_reading()
        elif self._paused and not full:
            transport.resume_reading()
        self._paused = full

    def sink_ready(self) -> None:
        """Send what came before the sink was connected."""
        early, self._early, self._early_bytes = self._early, [], 0
        for item in early:
            self._deliver(item)
        self.pace()

    def drop(self) -> None:
        """Forget everything that was not delivered."""
        shapers, self._shapers = self._shapers, []
        for _, shaper in shapers:
            shaper.drain()

    def _emit(self, fault: RelayFault, item: Item) -> None:
        for index, entry in enumerate(self._shapers):
            if entry[0] is fault:
                self._pass(index + 1, item)
                self.pace()
                return

    def _pass(self, index: int, item: Item) -> None:
        if index < len(self._shapers):
            self._shapers[index][1].push(item)
        else:
            self._deliver(item)

    def _deliver(self, item: Item) -> None:
        if self.connection.over:
            return
        if item is RESET:
            self.connection.reset()
        elif item is CLOSE:
            self.connection.close_when_sent()
        elif self.sink is None or self.sink.transport is None:
            self._early.append(item)
            self._early_bytes += len(item) if isinstance(item, bytes) else 0
        elif isinstance(item, bytes):
            if not self.sink.transport.is_closing():
                self.sink.transport.write(item)
        else:
            self.ended = True
            try:
                if not self.sink.transport.is_closing():
                    self.sink.transport.write_eof()
            except OSError:
                self.connection.reset()
            self.connection.direction_ended()


class RelayedConnection:
    """One accepted connection and the one that the relay dialled for it.

    When the other side refuses, the accepted connection is closed.
    """

    def __init__(self, carrier: Carrier, number: int) -> None:
        self.carrier = carrier
        self.number = number
        self.over = False
        self._to_server = Flow(self, "server")
        self._to_client = Flow(self, "client")
        self._near = Side(self, self._to_server, self._to_client)
        self._far = Side(self, self._to_client, self._to_server)
        self._to_server.source = self._to_client.sink = self._near
        self._to_client.source = self._to_server.sink = self._far
        self._dialling: asyncio.Task[None] | None = None

    @property
    def near(self) -> Side:
        """The accepted socket."""
        return self._near

    @property
    def far(self) -> Side:
        """The socket that was dialled."""
        return self._far

    @property
    def gone(self) -> bool:
        """Whether neither side has a socket any more."""
        return self._near.transport is None and self._far.transport is None

    @property
    def flows(self) -> tuple[Flow, Flow]:
        """Both directions."""
        return self._to_server, self._to_client

    def dial(self, host: str, port: int) -> None:
        """Connect to the other side, once."""
        if self._dialling is None and not self.over:
            self._dialling = asyncio.get_running_loop().create_task(self._dial(host, port))

    def close(self) -> None:
        """End both sockets with a FIN, dropping what was not delivered."""
        self._end(Side.finish)

    def close_when_sent(self) -> None:
        """End both sockets with a FIN once the accepted one has sent what it was given."""
        near = self._near.transport
        if near is not None and near.get_write_buffer_size() and not self.over:
            asyncio.get_running_loop().call_later(_AGAIN, self.close_when_sent)
        else:
            self.close()

    def reset(self) -> None:
        """End both sockets with a RST, dropping what was not delivered."""
        self._end(Side.reset)

    def direction_ended(self) -> None:
        """Close once both directions have ended and all was sent."""
        if all(flow.ended for flow in self.flows):
            self._end(lambda side: side.transport.close() if side.transport else None)

    def _end(self, how: Callable[[Side], None]) -> None:
        if self.over:
            return
        self.over = True
        if self._dialling is not None:
            self._dialling.cancel()
        for side in (self._near, self._far):
            how(side)
        for flow in self.flows:
            flow.drop()
        self.carrier.forget(self)

    async def _dial(self, host: str, port: int) -> None:
        try:
            await asyncio.get_running_loop().create_connection(lambda: self._far, host, port)
        except OSError:
            self._end(lambda side: side.transport.close() if side.transport else None)
            return
        if self._near.transport is not None and self._far.transport is not None:
            source = self._near.transport.get_extra_info("peername")[1]
            self.carrier.dialled(source, self._far.transport.get_extra_info("sockname")[1])
