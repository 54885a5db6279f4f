"""Forwards connections through one session, in the way of libssh2's example ``direct_tcpip.c``.

One thread, which never blocks in the library, because a session is for one thread at a time.
"""

from __future__ import annotations

import select
import socket
import sys
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from ssh2.error_codes import LIBSSH2_ERROR_EAGAIN
from ssh2.exceptions import ChannelError, RequestDeniedError, SSH2Error
from ssh2.session import LIBSSH2_SESSION_BLOCK_OUTBOUND

CHUNK = 16384  # as in the example
GONE = select.POLLRDHUP | select.POLLHUP | select.POLLERR


class Flow:
    """One local connection and its channel."""

    def __init__(self, local: socket.socket, channel: Any, wait: Callable[[], None]) -> None:
        self.local = local
        self.channel = channel
        self.there = b""  # read from local, and not yet written to the channel
        self.here = b""  # read from the channel, and not yet sent to local
        self.local_ended = self.channel_ended = False
        self._wait = wait

    def step(self) -> bool:
        """Move what can be moved; return whether anything was. Raises what the socket and the library raise."""
        return self._from_local() | self._to_channel() | self._from_channel() | self._to_local()

    def close(self) -> None:
        """Close both, whatever they still had to say."""
        with suppress(SSH2Error):
            self._complete(self.channel.close)
        self.local.close()

    @property
    def ended(self) -> bool:
        return self.local_ended and self.channel_ended and not self.there and not self.here

    def _from_local(self) -> bool:
        if self.there or self.local_ended:
            return False
        try:
            self.there = self.local.recv(CHUNK)
        except BlockingIOError:
            return False
        if not self.there:
            self.local_ended = True
            self._complete(self.channel.send_eof)
        return True

    def _to_channel(self) -> bool:
        if not self.there:
            return False
        _, written = self._complete(lambda: self.channel.write(self.there))
        self.there = self.there[written:]
        return bool(written)

    def _from_channel(self) -> bool:
        if self.here or self.channel_ended:
            return False
        size, self.here = self._complete(lambda: self.channel.read(CHUNK))
        if size == 0 and self.channel.eof():
            self.channel_ended = True
            self.local.shutdown(socket.SHUT_WR)
            return True
        return bool(size > 0)

    def _to_local(self) -> bool:
        if not self.here:
            return False
        try:
            sent = self.local.send(self.here)
        except BlockingIOError:
            return False
        self.here = self.here[sent:]
        return True

    def _complete(self, call: Callable[[], Any]) -> Any:
        """Repeat a call of the library while a packet is half sent: it takes no other call until then."""
        while _again(result := call()) and self.channel.session.block_directions() & LIBSSH2_SESSION_BLOCK_OUTBOUND:
            self._wait()
        return result


def _again(result: Any) -> bool:
    code = result[0] if isinstance(result, tuple) else result
    return bool(code == LIBSSH2_ERROR_EAGAIN)


class Relay(threading.Thread):
    """Forwards every socket that it is given, until it is stopped or the connection of ``session`` ends."""

    def __init__(self, session: Any, ended: Callable[[str], None]) -> None:
        super().__init__(daemon=True)
        self.session = session
        self._ended = ended
        self._flows: list[Flow] = []
        self._asked: deque[tuple[socket.socket, Callable[[], Any]]] = deque()
        self._stopped = False
        self._bell, self._ringer = socket.socketpair()
        self._bell.setblocking(False)

    def forward(self, local: socket.socket, open_channel: Callable[[], Any]) -> None:
        """Open a channel for a socket; the library opens one after the other, so that it may have to wait."""
        self._asked.append((local, open_channel))
        self._ringer.send(b"!")

    def stop(self) -> None:
        """End every connection, and return when it is done."""
        self._stopped = True
        with suppress(OSError):
            self._ringer.send(b"!")
        if self.is_alive() and self is not threading.current_thread():
            self.join()
        self._ringer.close()

    def run(self) -> None:
        why = "the server closed the connection"
        self.session.set_blocking(False)
        try:
            while not self._stopped:
                moved = self._open() | self._step()
                if not moved and self._look() and not self._open() | self._step():
                    break
        except _Stopped:
            pass
        except SSH2Error as error:
            why = f"{type(error).__name__}: {self.session.last_error()}"
        finally:
            for local in (*(flow.local for flow in self._flows), *(local for local, _ in self._asked)):
                local.close()
            with suppress(SSH2Error):
                self.session.disconnect()
            self._flows.clear()
            self._bell.close()
            if not self._stopped:
                self._ended(why)

    def _open(self) -> bool:
        if not self._asked:
            return False
        local, open_channel = self._asked[0]
        try:
            channel = open_channel()
        except (ChannelError, RequestDeniedError) as error:
            print(f"no channel was opened: {type(error).__name__}: {self.session.last_error()}", file=sys.stderr)
            local.close()
        else:
            if channel == LIBSSH2_ERROR_EAGAIN:
                return False
            local.setblocking(False)
            self._flows.append(Flow(local, channel, self._until_sent))
        self._asked.popleft()
        return True

    def _step(self) -> bool:
        moved = False
        for flow in tuple(self._flows):
            try:
                moved |= flow.step()
                over = flow.ended
            except (OSError, ChannelError) as error:
                print(f"a connection has ended: {error!r}", file=sys.stderr)
                over = True
            if over:
                self._flows.remove(flow)
                flow.close()
        return moved

    def _look(self) -> bool:
        """Wait until something can be moved; return whether the server has gone."""
        poll = select.poll()
        poll.register(self._bell, select.POLLIN)
        busy = select.POLLIN if self._flows or self._asked else 0
        if self.session.block_directions() & LIBSSH2_SESSION_BLOCK_OUTBOUND:
            busy |= select.POLLOUT
        poll.register(self.session.sock, busy | select.POLLRDHUP)
        for flow in self._flows:
            wanted = 0 if flow.there or flow.local_ended else select.POLLIN
            poll.register(flow.local, wanted | (select.POLLOUT if flow.here else 0))
        ready = dict(poll.poll())
        if self._bell.fileno() in ready:
            self._bell.recv(CHUNK)
        return bool(ready.get(self.session.sock.fileno(), 0) & GONE)

    def _until_sent(self) -> None:
        select.select([self._bell], [self.session.sock], [])
        if self._stopped:
            raise _Stopped


class _Stopped(Exception):
    """The relay was stopped while a packet was half sent."""
