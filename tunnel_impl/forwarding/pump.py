"""Moves the bytes of one connection between a local socket and its channel."""

from __future__ import annotations

import socket
import struct
from contextlib import suppress

from tunnel_impl.forwarding.io_loop import READ, WRITE, IoLoop
from tunnel_impl.ssh.channel import Channel, Phase

_RESET = struct.pack("ii", 1, 0)
_READS_IN_A_ROW = 8


class Pump:
    """One connection. Everything but :meth:`wake` runs in the loop's thread.

    Nothing is read from the socket that the channel cannot take at once, and the channel is given back its
    window only for what the socket took: a slow reader slows its writer and nobody else. An end of data on one
    side is passed on as such, and the other direction goes on. An aborted socket closes its channel; a lost
    session resets the socket, unless the target had already said all it had to say.
    """

    def __init__(self, sock: socket.socket, channel: Channel, io_loop: IoLoop) -> None:
        self.sock = sock
        self.channel = channel
        self.io_loop = io_loop
        self.local_eof = False
        self.eof_delivered = False
        self.over = False
        self._scheduled = False

    def start(self) -> None:
        """Begin to move bytes; the channel is open."""
        self.sock.setblocking(False)
        self.io_loop.owned.add(self)
        self.channel.on_change = self.wake
        self.step()

    def wake(self) -> None:
        """Something changed on the channel; from any thread."""
        if not self._scheduled:
            self._scheduled = True
            self.io_loop.call(self.step)

    def step(self) -> None:
        """Pass on what the channel has, and see what to wait for next."""
        self._scheduled = False
        if self.over:
            return
        lost = self.channel.phase is Phase.LOST
        closed = self.channel.remote_closed
        said_all = self.channel.remote_eof or closed
        if lost and not said_all:
            self.abort()
            return
        try:
            self.deliver()
            if said_all and not self.channel.received and not self.eof_delivered:
                self.eof_delivered = True
                self.on_remote_eof()
        except OSError:
            self.end()
            return
        if self.eof_delivered and (self.local_eof or closed or lost):
            self.finish()
        elif not self.over:
            self.watch()

    def deliver(self) -> None:
        """Write received data to the socket, as much as it takes."""
        received = self.channel.received
        while received:
            data = received[0]
            try:
                sent = self.sock.send(data)
            except BlockingIOError:
                return
            if sent == len(data):
                received.popleft()
            else:
                received[0] = data[sent:]
            self.channel.consume(sent)

    def on_remote_eof(self) -> None:
        """The target will send no more, and the client has got all of it."""
        self.sock.shutdown(socket.SHUT_WR)

    def on_local_eof(self) -> None:
        """The client will send no more; the target may go on."""
        self.channel.send_eof()

    def on_local_data(self, data: bytes) -> None:
        """The client sent ``data``."""
        self.channel.send(data)

    def finish(self) -> None:
        """Both directions are done."""
        self._release()

    def end(self) -> None:
        """The client is gone, or the tunnel is closing: drop the connection on both sides."""
        self.abort()

    def abort(self) -> None:
        """Reset the client, so that it cannot take a broken stream for a complete one."""
        with suppress(OSError):
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self._release()

    def _release(self) -> None:
        if not self.over:
            self.over = True
            self.io_loop.owned.discard(self)
            self.io_loop.watch(self.sock, 0, self.on_ready)
            self.sock.close()
            self.channel.received.clear()
            self.channel.close()

    def watch(self) -> None:
        """Let the loop tell when the local socket can be read, as far as the window has room, or written."""
        events = READ if not self.local_eof and self.channel.room() else 0
        self.io_loop.watch(self.sock, events | (WRITE if self.channel.received else 0), self.on_ready)

    def on_ready(self, events: int) -> None:
        """Read what came from the local socket, and take the next step."""
        if events & READ and not self.local_eof:
            try:
                self.read()
            except OSError:
                self.end()
                return
        self.step()

    def read(self) -> None:
        """Pass on what the local client sent, a few pieces at a time. Raises OSError."""
        for _ in range(_READS_IN_A_ROW):
            room = self.channel.room()
            if not room or self.over:
                return
            try:
                data = self.sock.recv(room)
            except BlockingIOError:
                return
            if not data:
                self.local_eof = True
                self.on_local_eof()
                return
            self.on_local_data(data)
