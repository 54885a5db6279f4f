"""One SSH session: paramiko's transport, made to forward ports without ever waiting.

What is different from ``paramiko.Transport``: channels are :class:`tunnel_impl.ssh.channel.Channel`, opened without
blocking and closed when their opening was given up; messages that come due during a key exchange wait for its end
instead of blocking a thread; the words of a refusal and of a disconnect are kept; the end is reported once.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import ClassVar

from paramiko import Message, SSHException, common

from tunnel_impl.errors import PARAMIKO_LOG
from tunnel_impl.ssh.algorithms import NothingInCommon
from tunnel_impl.ssh.channel import PACKET, WINDOW, Channel, Refusal
from tunnel_impl.ssh.handshake import Handshake
from tunnel_impl.ssh.opening import Opening, direct_streamlocal, direct_tcpip
from tunnel_impl.ssh.packets import Broken
from tunnel_impl.ssh.public_keys import StoredKey
from tunnel_impl.ssh.wire import Wire

_READ_TIMEOUT = 1.0
_ANSWERS = (common.MSG_REQUEST_SUCCESS, common.MSG_REQUEST_FAILURE, common.MSG_UNIMPLEMENTED)
"""What a server may say to a global request: whichever it is, it lives (RFC 4254 §4, RFC 4253 §11.4)."""
_OF_KEY_EXCHANGE = range(20, 50)
_UNKNOWN = [number for number in range(1, 256) if number not in common.MSG_NAMES and number not in _OF_KEY_EXCHANGE]
_MOST_WAITING = 1 << 15
"""Messages that come due during one key exchange; a tunnel with thousands of clients has fewer."""


class Session(Handshake):
    """A session over ``wire`` as a client; ``host_key_algorithms`` in the order in which they are wanted."""

    _active_check_timeout = _READ_TIMEOUT
    _channel_handler_table: ClassVar[dict[int, Callable[[Channel, Message], None]]] = {
        common.MSG_CHANNEL_SUCCESS: Channel.on_answer,
        common.MSG_CHANNEL_FAILURE: Channel.on_answer,
        common.MSG_CHANNEL_DATA: Channel.on_data,
        common.MSG_CHANNEL_EXTENDED_DATA: Channel.on_extended_data,
        common.MSG_CHANNEL_WINDOW_ADJUST: Channel.on_window,
        common.MSG_CHANNEL_REQUEST: Channel.on_request,
        common.MSG_CHANNEL_EOF: Channel.on_eof,
        common.MSG_CHANNEL_CLOSE: Channel.on_close,
    }

    def __init__(self, wire: Wire, host_key_algorithms: tuple[str, ...]) -> None:
        super().__init__(wire, host_key_algorithms)
        self.name = "tunnel-session"
        self.set_log_channel(PARAMIKO_LOG)
        self.wire = wire
        self.keys_agreed = threading.Event()
        self.goodbye = ""
        self._waiting: deque[Message] = deque()
        self.own_channels: dict[int, Channel] = {}
        self._end_lock = threading.Lock()
        self._ended = False
        self._at_end: list[Callable[[], None]] = []
        self._asked: deque[Callable[[], None]] = deque()
        self._handler_table.update(
            {
                common.MSG_CHANNEL_OPEN_SUCCESS: self._on_opened,
                common.MSG_CHANNEL_OPEN_FAILURE: self._on_refused,
                common.MSG_GLOBAL_REQUEST: self.on_global_request,
                **dict.fromkeys(_ANSWERS, self.on_answer),
                **dict.fromkeys(_UNKNOWN, self._on_unknown),
            }
        )
        wire.on_drained = self._tell_channels

    # --- its life --------------------------------------------------------------------------------------------

    @property
    def ended(self) -> bool:
        """Whether the session is over."""
        return self._ended

    @property
    def hung_up(self) -> bool:
        """Whether the server ended the session in good order."""
        return self._ended and not isinstance(self.saved_exception, OSError | SSHException)

    @property
    def greeting(self) -> str:
        """What the server said up to its SSH banner (RFC 4253 §4.2), or up to the end."""
        return self.packetizer.greeting.decode(errors="replace")

    @property
    def disagreement(self) -> NothingInCommon | None:
        """What both sides lack in common, when that ended the handshake."""
        return self.saved_exception if isinstance(self.saved_exception, NothingInCommon) else None

    @property
    def reason(self) -> str:
        """Why the session ended, as a clause: the server's words, or what happened to the connection."""
        match self.saved_exception:
            case _ if self.goodbye:
                return f"the server said: {self.goodbye}"
            case ConnectionResetError():
                return "the connection was reset"
            case EOFError() if self.packetizer.ended:
                return "the server closed the connection"
            case EOFError():
                return "it was closed on this side"
            case OSError() as error:
                return error.strerror or "the connection broke"
            case NothingInCommon() as error:
                return str(error)
            case SSHException() as error:
                return f"the server broke the SSH protocol: {error}"
            case None:
                return "the server broke the SSH protocol: it used a channel that does not exist"
            case _:
                return "the server broke the SSH protocol: it sent a message that makes no sense"

    def begin(self) -> None:
        """Start the handshake; ``banner_seen`` and ``keys_agreed`` are set as it goes on, and at the end."""
        self.start_client(event=self.keys_agreed)

    def when_ended(self, call: Callable[[], None]) -> None:
        """Call ``call`` once the session is over, at once when it already is."""
        with self._end_lock:
            if not self._ended:
                self._at_end.append(call)
                return
        call()

    def end(self) -> None:
        """Close the connection; returns at once. :meth:`wait_for_end` waits for the threads."""
        self._disconnect(self.wire.close)

    def abort(self) -> None:
        """Reset the connection; what was not sent yet is thrown away."""
        self._disconnect(self.wire.abort)

    def wait_for_end(self, timeout: float) -> None:
        """Wait up to ``timeout`` seconds until every thread and the socket of the session are gone."""
        if self.is_alive() and threading.current_thread() is not self:
            self.join(timeout)

    def _disconnect(self, stop: Callable[[], None]) -> None:
        stop()
        if self.ident is None:
            self._finish()

    def run(self) -> None:
        """Serve the session; paramiko calls this in the session's own thread."""
        try:
            super().run()
        finally:
            self._finish()

    def _finish(self) -> None:
        self.wire.release()
        with self._end_lock:
            self._ended = True
            calls, self._at_end = self._at_end, []
        self.banner_seen.set()
        self.keys_agreed.set()
        for channel in list(self.own_channels.values()):
            channel.on_session_end()
        for call in (*calls, *self._asked):
            call()

    # --- host keys -------------------------------------------------------------------------------------------

    def host_key_seen(self) -> StoredKey:
        """Return the key that the server proved to hold."""
        key = self.get_remote_server_key()
        return StoredKey(key.get_name(), key.asbytes())

    def host_certificate_seen(self) -> bytes | None:
        """Return the certificate in which the server showed its key, None when it was a plain one."""
        certificate = self.get_remote_server_key().public_blob
        return certificate.key_blob if certificate else None

    # --- messages --------------------------------------------------------------------------------------------

    def post(self, message: Message) -> None:
        """Send ``message``, after a key exchange that is going on; never blocks."""
        with self.clear_to_send_lock:
            self._waiting.append(message)
            self._flush()

    def answer(self, message: Message) -> None:
        """Send what the server asked for. Raises Broken for one that asks on and on in the middle of a key exchange."""
        if len(self._waiting) >= _MOST_WAITING:
            raise Broken("it never stops asking during a key exchange")
        self.post(message)

    def probe(self) -> None:
        """Ask for a sign of life: any answer will do. Nothing is sent during a key exchange, which is one."""
        with self.clear_to_send_lock:
            if self.clear_to_send.is_set():
                self._ask(_nobody_waits)

    def answers(self, timeout: float) -> bool:
        """Ask for a sign of life, and tell whether its answer came within ``timeout`` seconds."""
        answered = threading.Event()
        with self.clear_to_send_lock:
            self._ask(answered.set)
        return not self._ended and answered.wait(timeout) and not self._ended

    def _ask(self, on_answer: Callable[[], None]) -> None:
        """Send a probe; answers come in the order of their requests (RFC 4254 §4). The caller holds the lock."""
        message = Message()
        message.add_byte(common.cMSG_GLOBAL_REQUEST)
        message.add_string("keepalive@openssh.com")
        message.add_boolean(True)
        self._asked.append(on_answer)
        self._waiting.append(message)
        self._flush()

    def heard(self) -> float:
        """When the last byte arrived, in seconds of :func:`tunnel_impl.clock.now`."""
        return self.wire.heard

    def ready_for_data(self) -> bool:
        """Whether bulk data may be sent now."""
        return self.clear_to_send.is_set() and not self.wire.congested

    def _flush(self) -> None:
        try:
            while self._waiting and self.clear_to_send.is_set():
                self._send_message(self._waiting.popleft())
        except (OSError, EOFError):
            self.wire.close()

    def _tell_channels(self) -> None:
        for channel in list(self.own_channels.values()):
            channel.on_capacity()

    # --- channels --------------------------------------------------------------------------------------------

    def open_direct(self, host: str, port: int, origin_port: int, on_change: Callable[[], None]) -> Channel:
        """Ask the server to connect to ``host`` and ``port``, named verbatim; the answer comes by ``on_change``."""
        return self.ask_for_channel(direct_tcpip(host, port, origin_port), on_change)

    def open_socket(self, path: str, on_change: Callable[[], None]) -> Channel:
        """Ask the server to connect to its Unix domain socket at ``path``; the answer comes by ``on_change``."""
        return self.ask_for_channel(direct_streamlocal(path), on_change)

    def ask_for_channel(self, opening: Opening, on_change: Callable[[], None]) -> Channel:
        """Ask the server for a channel; the answer comes by ``on_change``."""
        with self.lock:
            number = self._next_channel()
            channel = Channel(self, number, on_change)
            self._channels.put(number, channel)
            self.channels_seen[number] = True
            self.own_channels[number] = channel
        message = Message()
        message.add_byte(common.cMSG_CHANNEL_OPEN)
        message.add_string(opening.kind)
        message.add_int(number)
        message.add_int(WINDOW)
        message.add_int(PACKET)
        message.add_bytes(opening.where)
        self.post(message)
        if self._ended:
            channel.on_session_end()
        return channel

    def forget(self, channel: Channel) -> None:
        """Drop a channel that both sides have closed."""
        self.own_channels.pop(channel.number, None)
        self._unlink_channel(channel.number)

    def _on_opened(self, message: Message) -> None:
        channel = self.own_channels.get(message.get_int())
        if channel:
            channel.on_opened(message.get_int(), message.get_int(), message.get_int())

    def _on_refused(self, message: Message) -> None:
        channel = self.own_channels.get(message.get_int())
        if channel:
            channel.on_refused(Refusal(message.get_int(), message.get_string().decode(errors="replace")))

    # --- what paramiko calls ---------------------------------------------------------------------------------

    def on_answer(self, message: Message) -> None:
        """Take an answer to a probe, in the order of the probes."""
        del message
        if self._asked:
            self._asked.popleft()()

    def on_global_request(self, message: Message) -> None:
        """Refuse a request of the server that wants a reply (RFC 4254 §4)."""
        message.get_string()
        if message.get_boolean():
            refusal = Message()
            refusal.add_byte(common.cMSG_REQUEST_FAILURE)
            self.answer(refusal)

    def _on_unknown(self, message: Message) -> None:
        """Say that this means nothing here (RFC 4253 §11.4); paramiko would end the session."""
        unimplemented = Message()
        unimplemented.add_byte(common.cMSG_UNIMPLEMENTED)
        unimplemented.add_int(message.seqno)
        self.answer(unimplemented)

    def _parse_newkeys(self, message: Message) -> None:
        super()._parse_newkeys(message)
        with self.clear_to_send_lock:
            self._flush()
        self._tell_channels()

    def _parse_debug(self, message: Message) -> None:
        """Leave out what paramiko would log, byte by byte."""

    def _parse_disconnect(self, message: Message) -> None:
        message.get_int()
        self.goodbye = message.get_string().decode(errors="replace").strip() or "disconnected"


def _nobody_waits() -> None:
    """The watchdog looks at the bytes that arrive, not at the answer."""
