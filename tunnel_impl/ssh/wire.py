"""The byte stream under an SSH session: never blocks a sender, notes when the peer was last heard."""

from __future__ import annotations

import select
import socket
import struct
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress

from tunnel_impl.clock import now

_CHUNK = 1 << 18
_HIGH = 1 << 18
_LOW = 1 << 16
_UNSENT_IN_KERNEL = 1 << 17
_ABORT = struct.pack("ii", 1, 0)


class Wire:
    """A connected stream socket, in the form in which paramiko wants its own.

    ``send`` takes everything at once; what the kernel cannot take yet waits here and is sent by a thread of its
    own, so that neither a probe nor the session's reader is ever held up by a peer that does not read. Whoever
    sends data in bulk asks ``congested`` first and is told by ``on_drained``. ``heard`` is when the last byte
    arrived, in seconds of :func:`tunnel_impl.clock.now`.
    """

    def __init__(self, sock: socket.socket) -> None:
        sock.setblocking(False)
        if sock.family != socket.AF_UNIX:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            if hasattr(socket, "TCP_NOTSENT_LOWAT"):
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, _UNSENT_IN_KERNEL)
        self._quick = sock.family != socket.AF_UNIX and hasattr(socket, "TCP_QUICKACK")
        self.socket = sock
        self._timeout = 1.0
        self._readable = _poll(sock, select.POLLIN)
        self._writable = _poll(sock, select.POLLOUT)
        self._inbox = memoryview(bytearray(_CHUNK))
        self._unread = self._inbox[:0]
        self._lock = threading.Lock()
        self._more = threading.Condition(self._lock)
        self._outbox: deque[memoryview] = deque()
        self.backlog = 0
        self._writer: threading.Thread | None = None
        self._closed = False
        self._ended_here = False
        self.heard = now()
        self.on_drained: Callable[[], None] = _nothing

    @property
    def congested(self) -> bool:
        """Whether so much is waiting to be sent that bulk data should wait elsewhere."""
        return self.backlog >= _HIGH

    @property
    def closed(self) -> bool:
        """Whether this side ended the stream, by its own will."""
        return self._ended_here

    def settimeout(self, seconds: float) -> None:
        """Set how long ``recv`` waits."""
        self._timeout = seconds

    def recv(self, count: int) -> bytes:
        """Return 1 to ``count`` bytes, none at the end. Raises TimeoutError, or OSError when the peer reset."""
        while not self._unread:
            if self._closed:
                return b""
            try:
                got = self.socket.recv_into(self._inbox)
            except BlockingIOError:
                if not self._readable.poll(self._timeout * 1000):
                    raise TimeoutError from None
                continue
            if not got:
                return b""
            self.heard = now()
            self._acknowledge()
            self._unread = self._inbox[:got]
        data = bytes(self._unread[:count])
        self._unread = self._unread[count:]
        return data

    def _acknowledge(self) -> None:
        """Acknowledge at once: sshd leaves Nagle's algorithm on, and its next small packet waits for this one's ACK."""
        if self._quick:
            with suppress(OSError):
                self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)

    def send(self, data: bytes) -> int:
        """Send or keep all of ``data``. Raises OSError when the connection is gone."""
        with self._lock:
            if self._closed:
                raise BrokenPipeError
            rest = memoryview(data)
            if not self.backlog:
                rest = self._push(rest)
            if rest:
                self._outbox.append(rest)
                self.backlog += len(rest)
                self._start_writer()
                self._more.notify()
        return len(data)

    def close(self) -> None:
        """End the stream and wake everyone; :meth:`release` frees the socket."""
        self._ended_here = self._ended_here or not self._closed
        self._shut()

    def _shut(self) -> None:
        with self._lock:
            if self._closed:
                return
            self._closed = True
            self._more.notify_all()
            with suppress(OSError):
                self.socket.shutdown(socket.SHUT_RDWR)

    def abort(self) -> None:
        """Close without leaving unsent data to the kernel: the peer gets a reset."""
        with self._lock:
            if not self._closed and self.socket.family != socket.AF_UNIX:
                with suppress(OSError):
                    self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _ABORT)
        self.close()

    def release(self) -> None:
        """Close, wait for the writing thread, free the socket. To be called once nobody reads any more."""
        self.close()
        if self._writer:
            self._writer.join()
        self.socket.close()

    def _start_writer(self) -> None:
        if not self._writer:
            self._writer = threading.Thread(target=self._write, name="tunnel-wire", daemon=True)
            self._writer.start()

    def _write(self) -> None:
        writable = _poll(self.socket, select.POLLOUT)
        while True:
            with self._lock:
                while not self.backlog and not self._closed:
                    self._more.wait()
                if self._closed:
                    return
            writable.poll()
            try:
                drained = self._flush()
            except OSError:
                self._shut()
                return
            if drained:
                self.on_drained()

    def _flush(self) -> bool:
        """Send what can be sent; return whether this ended the congestion."""
        with self._lock:
            before = self.backlog
            while self._outbox and not self._closed:
                first = self._outbox.popleft()
                rest = self._push(first)
                self.backlog -= len(first) - len(rest)
                if rest:
                    self._outbox.appendleft(rest)
                    break
            return before > _LOW >= self.backlog

    def _push(self, data: memoryview) -> memoryview:
        if not self._writable.poll(0):
            return data
        try:
            return data[self.socket.send(data) :]
        except BlockingIOError:
            return data


def _poll(sock: socket.socket, events: int) -> select.poll:
    poll = select.poll()
    poll.register(sock, events)
    return poll


def _nothing() -> None:
    """Nobody waits for the wire to drain."""
