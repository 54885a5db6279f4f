"""What asyncssh does not tell of a connection: global requests, new keys, channels that come and go."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import asyncssh
from asyncssh.constants import (
    MSG_GLOBAL_REQUEST,
    MSG_KEXINIT,
    MSG_NEWKEYS,
    MSG_REQUEST_FAILURE,
    MSG_REQUEST_SUCCESS,
    MSG_SERVICE_REQUEST,
    MSG_UNIMPLEMENTED,
)
from asyncssh.packet import SSHPacket, UInt32

from harness.world.embedded.bastion.channel import SocketChannel, Strict, TcpChannel
from harness.world.embedded.machines.timer import Timer

if TYPE_CHECKING:
    from collections.abc import Callable

    from asyncssh.channel import SSHChannel

    from harness.world.embedded.bastion.door import Door


_LARGEST = 256 * 1024
"""Bytes in the largest packet that sshd reads (PACKET_MAX_SIZE in packet.c of OpenSSH)."""
_PACKET = 32 * 1024
_WINDOW = 64 * _PACKET
"""What sshd grants a client that forwards (CHAN_TCP_WINDOW_DEFAULT in channels.h of OpenSSH)."""


class _Guess(NamedTuple):
    """The first algorithms in a client's KEXINIT, and whether a packet made for them follows."""

    key_exchange: bytes
    host_key: bytes
    follows: bool

    @classmethod
    def read(cls, packet: SSHPacket) -> _Guess:
        """Look into a KEXINIT that nothing was read of (RFC 4253, section 7.1). Raises PacketDecodeError."""
        peek = SSHPacket(packet.get_remaining_payload())
        peek.get_bytes(16)
        key_exchanges, host_keys, *_ = (peek.get_namelist() for _ in range(10))
        return cls(next(iter(key_exchanges), b""), next(iter(host_keys), b""), peek.get_boolean())


class TransportLayer(asyncssh.SSHServerConnection):
    """One SSH connection below authentication: what passes is told to ``tell``, RekeyLimit is kept both ways.

    asyncssh by itself asks for new keys only when it sends, and counts only that; sshd counts what it receives too.
    sshd counts the age of keys from when they came into force, and asyncssh from when it asked for them.
    A connection without a channel for ``UnusedConnectionTimeout`` ends without a word, as with sshd.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        options: asyncssh.SSHServerConnectionOptions,
        door: Door,
        tell: Callable[..., None],
    ) -> None:
        super().__init__(loop, options)
        self.door = door
        self.tell = tell
        self.authenticated = False
        self._unused = Timer(door.policy.unused_timeout, self._end_unused)
        self._old_keys = Timer(door.policy.rekey_seconds, self._ask_for_new_keys)
        self._received = 0
        self._has_keys = False
        self._max_recv_pktlen = _LARGEST

    def internal_error(self, exc_info: Any = None, error_logger: Any = None) -> None:  # noqa: ANN401 -- asyncssh's types
        """Break off as asyncssh does after a defect of its own, or of this bastion, and tell it.

        What stumbles over a connection that its client has ended already breaks nothing off.
        """
        found = exc_info or sys.exc_info()
        if not self.is_closed() and not isinstance(found[1], OSError | asyncssh.DisconnectError):
            self.tell("broke", reason=f"{type(found[1]).__name__}: {found[1]}")
        super().internal_error(found, error_logger)

    def came_in(self) -> None:
        """Take note that somebody is authenticated."""
        self.authenticated = True
        self._unused.start()
        self._old_keys.start()

    # --- delays

    def _send_version(self) -> None:
        """Greet, after the delay; what the client says meanwhile stays in the kernel."""
        if not self.door.delays.version:
            super()._send_version()
            return
        transport = cast("asyncio.Transport", self._transport)
        self._loop.call_soon(transport.pause_reading)  # asyncio before 3.11.3 starts to read only after this

        def greet() -> None:
            if not self.is_closed():
                super(TransportLayer, self)._send_version()
                transport.resume_reading()

        self._loop.call_later(self.door.delays.version, greet)

    # --- key exchange

    async def _took_kexinit(self, pkttype: int, pktid: int, packet: SSHPacket) -> None:
        """Judge a guessed packet by both lists: it is wrong where either begins otherwise (RFC 4253, section 7.1).

        asyncssh judges it by the client's first key exchange alone.
        """
        guess = _Guess.read(packet)
        await asyncio.sleep(self.door.delays.kex)
        if self.is_closed():
            return
        await self._process_kexinit(pkttype, pktid, packet)
        ours = (self._kex_algs[0], next(iter(self._server_host_key_algs or ())))
        self._ignore_first_kex = guess.follows and (guess.key_exchange, guess.host_key) != ours

    def _finish_recv_packet(
        self,
        pkttype: int,
        seq: int,
        task: asyncio.Task[None] | None = None,
        is_async: bool = False,
    ) -> None:
        """Look at no further packet once this one has ended the connection.

        asyncssh takes what arrived behind it for part of the exchange that has just failed: a guessed packet, where the
        two sides have nothing in common.
        """
        if self._transport is None:
            self._inpbuf = b""
        super()._finish_recv_packet(pkttype, seq, task, is_async)

    def ended(self) -> None:
        """Take note of the end."""
        self._unused.stop()
        self._old_keys.stop()

    # --- channels

    def create_tcp_channel(
        self, encoding: str | None = None, errors: str = "strict", window: int = _WINDOW, max_pktsize: int = _PACKET
    ) -> TcpChannel:
        """Return a channel that is strict with its client."""
        return TcpChannel(self, self._loop, encoding, errors, window, max_pktsize)

    def create_unix_channel(
        self, encoding: str | None = None, errors: str = "strict", window: int = _WINDOW, max_pktsize: int = _PACKET
    ) -> SocketChannel:
        """Return a channel that is strict with its client."""
        return SocketChannel(self, self._loop, encoding, errors, window, max_pktsize)

    def add_channel(self, chan: SSHChannel[Any]) -> int:
        """Take note of a channel from when it is asked for."""
        self._unused.stop()
        return super().add_channel(chan)

    def remove_channel(self, recv_chan: int) -> None:
        """Take note that it is gone."""
        super().remove_channel(recv_chan)
        if not self._channels and not self.is_closed():
            self._unused.start()

    def _end_unused(self) -> None:
        self.tell("log", text="terminating inactive connection")
        self.abort()

    # --- new keys

    def data_received(self, data: bytes, datatype: asyncssh.DataType = None) -> None:
        """Count what is received with the present keys."""
        super().data_received(data, datatype)
        self._received += len(data)
        limit = self.door.policy.rekey_bytes
        if limit and self._received >= limit:
            self._ask_for_new_keys()

    def _ask_for_new_keys(self) -> None:
        if self.authenticated and self._kex_complete and not self.is_closed():
            self._received = 0
            self._send_kexinit()
            self._kexinit_sent = True

    def _send_kexinit(self) -> None:
        if self._has_keys:
            self.tell("rekeying")
        super()._send_kexinit()

    def _took_new_keys(self, pkttype: int, pktid: int, packet: SSHPacket) -> None:
        self._process_newkeys(pkttype, pktid, packet)
        if self._has_keys:
            self.tell("rekeyed")
        self._has_keys = True
        self._received = 0
        if self.authenticated:
            self._old_keys.start()

    # --- requests

    def _told_global_request(self, pkttype: int, pktid: int, packet: SSHPacket) -> None:
        peek = SSHPacket(packet.get_remaining_payload())
        name, want_reply = peek.get_string().decode("ascii", "replace"), peek.get_boolean()
        self.tell("global-request", name=name, want_reply=str(want_reply).lower())
        if name.startswith("keepalive@"):
            self._answer_keepalive(pktid, want_reply=want_reply)
        else:
            self._process_global_request(pkttype, pktid, packet)

    def _answer_keepalive(self, number: int, *, want_reply: bool) -> None:
        """Answer at once; who does not implement a message says so whether or not it wants a reply."""
        match self.door.keepalives:
            case "unimplemented":
                self.send_packet(MSG_UNIMPLEMENTED, UInt32(number))
            case "success" if want_reply:
                self.send_packet(MSG_REQUEST_SUCCESS)
            case "failure" if want_reply:
                self.send_packet(MSG_REQUEST_FAILURE)

    async def _make_keepalive_request(self) -> None:
        """Probe the client as sshd does: on a channel where one is open (ClientAliveInterval of sshd_config(5))."""
        name = b"keepalive@openssh.com"
        channel = next((one for one in self._channels.values() if isinstance(one, Strict) and one.is_open), None)
        if channel is None:
            await self._make_global_request(name)
        else:
            await channel._make_request(name)  # noqa: SLF001 -- asyncssh has no public way to ask this
        self._keepalive_count = 0
        if not self.is_closed():
            self.tell("alive-answered", by="global" if channel is None else "channel")

    def _service_requested(self, pkttype: int, pktid: int, packet: SSHPacket) -> None:
        """Accept ssh-userauth again until someone is in, as sshd does; paramiko asks before each method."""
        if self._auth_in_progress:
            self._next_service = b"ssh-userauth"
        self._process_service_request(pkttype, pktid, packet)

    # asyncssh has no public hook for these messages
    _packet_handlers = {
        **asyncssh.SSHServerConnection._packet_handlers,  # noqa: SLF001 -- see above
        MSG_GLOBAL_REQUEST: _told_global_request,
        MSG_KEXINIT: _took_kexinit,
        MSG_NEWKEYS: _took_new_keys,
        MSG_SERVICE_REQUEST: _service_requested,
    }
