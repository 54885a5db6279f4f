"""One ``direct-tcpip`` channel (RFC 4254 §5 and §7.2): a flow-controlled byte stream each way."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from paramiko import Message
from paramiko.common import (
    cMSG_CHANNEL_CLOSE,
    cMSG_CHANNEL_DATA,
    cMSG_CHANNEL_EOF,
    cMSG_CHANNEL_FAILURE,
    cMSG_CHANNEL_WINDOW_ADJUST,
)

from tunnel_impl.ssh.packets import Broken

WINDOW = 4 << 20
PACKET = 1 << 17
ADJUST_AFTER = WINDOW // 8
_HEADROOM = 64


class Phase(Enum):
    """Where a channel is in its life."""

    OPENING = "opening"
    OPEN = "open"
    REFUSED = "refused"
    LOST = "lost"
    """The session ended before the channel did."""


@dataclass(frozen=True)
class Refusal:
    """Why the server did not open a channel: its code (RFC 4254 §5.1) and its words."""

    code: int
    text: str


class Carrier(Protocol):
    """The session, as a channel sees it."""

    def post(self, message: Message) -> None:
        """Send ``message`` now, or as soon as a key exchange is over; never blocks."""

    def answer(self, message: Message) -> None:
        """Send what the server asked for, as :meth:`post` does. Raises Broken where too many answers wait."""

    def ready_for_data(self) -> bool:
        """Whether bulk data may be sent now."""

    def forget(self, channel: Channel) -> None:
        """Both sides have closed ``channel``."""


class Channel:
    """The state of one channel. ``on_`` methods are called by the session's thread, the others by the loop's."""

    def __init__(self, carrier: Carrier, number: int, on_change: Callable[[], None]) -> None:
        self.number = number
        self.on_change = on_change
        self.phase = Phase.OPENING
        self.refusal: Refusal | None = None
        self.received: deque[bytes] = deque()
        self.remote_eof = False
        self.remote_closed = False
        self.carrier = carrier
        self._lock = threading.Lock()
        self._remote_number = 0
        self.window = 0
        self.largest = 0
        self._consumed = 0
        self._granted = WINDOW
        self.eof_sent = False
        self.closed = False

    # --- what the loop does ---------------------------------------------------------------------------------

    def room(self) -> int:
        """Return how many bytes may be sent now."""
        if self.phase is not Phase.OPEN or self.eof_sent or self.closed or not self.carrier.ready_for_data():
            return 0
        return min(self.window, self.largest)

    def send(self, data: bytes) -> None:
        """Send ``data``, which must not be longer than :meth:`room`."""
        with self._lock:
            self.window -= len(data)
        message = self._message(cMSG_CHANNEL_DATA)
        message.add_string(data)
        self.carrier.post(message)

    def send_eof(self) -> None:
        """Say that no more data will be sent; the other direction stays open."""
        with self._lock:
            if self.eof_sent or self.closed or self.phase is not Phase.OPEN:
                return
            self.eof_sent = True
            self.carrier.post(self._message(cMSG_CHANNEL_EOF))

    def consume(self, count: int) -> None:
        """Tell that ``count`` received bytes were passed on, so that the server may send more."""
        with self._lock:
            self._consumed += count
            if self._consumed < ADJUST_AFTER or self.remote_eof or self.closed:
                return
            grant, self._consumed = self._consumed, 0
            self._granted += grant
            message = self._message(cMSG_CHANNEL_WINDOW_ADJUST)
            message.add_int(grant)
            self.carrier.post(message)

    def close(self) -> None:
        """Close both directions; one that is still opening is closed as soon as the server has opened it."""
        with self._lock:
            self._close()
        self._forget_when_over()

    # --- what the session reports ----------------------------------------------------------------------------

    def on_opened(self, remote_number: int, window: int, largest: int) -> None:
        """The server opened the channel."""
        with self._lock:
            self._remote_number = remote_number
            self.window = window
            self.largest = max(1, largest - _HEADROOM)
            self.phase = Phase.OPEN
            if self.closed:
                self.carrier.post(self._message(cMSG_CHANNEL_CLOSE))
        self.on_change()

    def on_refused(self, refusal: Refusal) -> None:
        """The server did not open the channel."""
        self.refusal = refusal
        self.phase = Phase.REFUSED
        self.carrier.forget(self)
        self.on_change()

    def on_data(self, message: Message) -> None:
        """Data arrived; after a close nobody wants it. Raises Broken as :meth:`_take` does."""
        data = self._take(message)
        if data and not self.closed:
            self.received.append(data)
            self.on_change()

    def on_extended_data(self, message: Message) -> None:
        """Data of another kind arrived, which means nothing here; its bytes are given back to the window."""
        message.get_int()
        self.consume(len(self._take(message)))

    def _take(self, message: Message) -> bytes:
        """Return data that arrived. Raises Broken when the window has no room for it (RFC 4254 §5.2)."""
        data = message.get_string()
        with self._lock:
            self._granted -= len(data)
            if self._granted < 0:
                raise Broken("it sent more data than the window has room for")
        return data

    def on_window(self, message: Message) -> None:
        """The server can take more."""
        with self._lock:
            self.window += message.get_int()
        self.on_change()

    def on_eof(self, message: Message) -> None:
        """The server will send no more data."""
        del message
        self.remote_eof = True
        self.on_change()

    def on_close(self, message: Message) -> None:
        """The server closed the channel; what it sent before is still to be passed on."""
        del message
        with self._lock:
            self.remote_closed = True
            self._close()
        self._forget_when_over()
        self.on_change()

    def on_request(self, message: Message) -> None:
        """Answer a request, such as sshd's ``keepalive@openssh.com``, with a failure: it proves life just as well."""
        message.get_string()
        if message.get_boolean():
            with self._lock:
                if not self.closed:
                    self.carrier.answer(self._message(cMSG_CHANNEL_FAILURE))

    def on_answer(self, message: Message) -> None:
        """An answer to a request that was never made."""

    def on_session_end(self) -> None:
        """The session is over, and the channel with it."""
        if not self.remote_closed and self.phase in {Phase.OPENING, Phase.OPEN}:
            self.phase = Phase.LOST
            self.on_change()

    def on_capacity(self) -> None:
        """The session can take bulk data again."""
        self.on_change()

    def _unlink(self) -> None:
        """Do nothing: paramiko tells its channels before its session counts as ended, the session does so after."""

    # --- inside ----------------------------------------------------------------------------------------------

    def _close(self) -> None:
        if self.closed:
            return
        self.closed = True
        if self.phase is Phase.OPEN:
            self.carrier.post(self._message(cMSG_CHANNEL_CLOSE))

    def _forget_when_over(self) -> None:
        if self.closed and self.remote_closed:
            self.carrier.forget(self)

    def _message(self, kind: bytes) -> Message:
        message = Message()
        message.add_byte(kind)
        message.add_int(self._remote_number)
        return message
