"""The packet layer of SSH (RFC 4253 §4.2 and §6), in place of paramiko's: every size that a server names is bounded."""

from __future__ import annotations

import os
import struct
import threading
import zlib
from logging import Logger

from paramiko import Message, SSHException
from paramiko.packet import NeedRekeyException

from tunnel_impl.ssh.protection import DamagedPacket, Plain, Protection
from tunnel_impl.ssh.wire import Wire

_LENGTH = 4
_LARGEST = 1 << 18
"""As in OpenSSH (packet.c, PACKET_MAX_SIZE), for the packet and for what it unpacks to."""
_SMALLEST = 5
_LEAST_PADDING = 4
_LONGEST_LINE = 8192
_MOST_LINES = 1024
_CHUNK = 1 << 13
_REKEY_BYTES = 1 << 29
_REKEY_PACKETS = 1 << 29
_MOST_UNSENT = 1 << 24
"""Bytes; bulk data stops at a quarter of a mebibyte (:attr:`Wire.congested`), so that these are answers."""
_BOTH = 3
_LAST = (1 << 32) - 1


class Broken(SSHException):
    """The server broke the protocol, so the session ends here; the message is a clause that says how."""


class Packets:
    """Packets over ``wire``. One thread reads; any may send. ``greeting`` is all that came up to the banner.

    ``ended`` is true once the server has ended the stream. Time limits are left to whoever connects.
    """

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._unread = b""
        self._closed = False
        self._lock = threading.RLock()
        self._sealing: Protection = Plain()
        self._opening: Protection = Plain()
        self._sent = self._received = 0
        self._compressor: Compressor | None = None
        self._decompressor: Decompressor | None = None
        self._sent_bytes = self._sent_packets = 0
        self._received_bytes = self._received_packets = 0
        self._wants_keys = False
        self._new_keys = 0
        self._initial_kex_done = False
        self.greeting = b""
        self.ended = False

    # --- what paramiko's transport asks for ------------------------------------------------------------------

    @property
    def closed(self) -> bool:
        """Whether :meth:`close` was called."""
        return self._closed

    def close(self) -> None:
        """Close the stream."""
        self._closed = True
        self._wire.close()

    def set_log(self, log: Logger) -> None:
        """Log nothing: what matters is in the errors."""

    def start_handshake(self, timeout: float) -> None:
        """Start no timer."""

    def complete_handshake(self) -> None:
        """Stop no timer."""

    def need_rekey(self) -> bool:
        """Whether so much was sent or received that new keys are due (RFC 4253 §9)."""
        return self._wants_keys

    def reset_seqno_out(self) -> None:
        """Begin to count anew after new keys (strict key exchange, OpenSSH's PROTOCOL §1.9)."""
        self._sent = 0

    def reset_seqno_in(self) -> None:
        """Begin to count anew after new keys."""
        self._received = 0

    def set_outbound_compressor(self, compressor: Compressor) -> None:
        """Compress from the next packet on."""
        with self._lock:
            self._compressor = compressor

    def set_inbound_compressor(self, decompressor: Decompressor) -> None:
        """Expect compressed packets from the next one on."""
        self._decompressor = decompressor

    def write_all(self, data: bytes) -> None:
        """Send ``data`` as it is. Raises EOFError when the connection is gone."""
        try:
            self._wire.send(data)
        except OSError as error:
            self.ended = not self._wire.closed
            raise EOFError from error

    # --- keys ------------------------------------------------------------------------------------------------

    def protect_sending(self, protection: Protection) -> None:
        """Use ``protection`` for what is sent from now on."""
        with self._lock:
            self._sealing = protection
            self._sent_bytes = self._sent_packets = 0
        self._keys_changed(1)

    def protect_receiving(self, protection: Protection) -> None:
        """Expect ``protection`` on what arrives from now on."""
        self._opening = protection
        self._received_bytes = self._received_packets = 0
        self._keys_changed(2)

    def _keys_changed(self, direction: int) -> None:
        self._new_keys |= direction
        if self._new_keys == _BOTH:
            self._new_keys = 0
            self._wants_keys = False

    # --- reading ---------------------------------------------------------------------------------------------

    def read_banner(self) -> bytes:
        """Return the server's identification (RFC 4253 §4.2), after the lines that may come before it.

        Raises EOFError, OSError or Broken.
        """
        for _ in range(_MOST_LINES):
            line = self._read_line().rstrip(b"\r")
            if line.startswith(b"SSH-"):
                return line
        raise Broken("it sent more than 1024 lines before its banner")

    def _read_line(self) -> bytes:
        while b"\n" not in self._unread:
            if len(self._unread) > _LONGEST_LINE:
                raise Broken("it sent an endless line instead of its banner")
            came = self._receive(128, may_rekey=False)
            self.greeting = (self.greeting + came)[:_LONGEST_LINE]
            self._unread += came
        line, _, self._unread = self._unread.partition(b"\n")
        return line

    def read_all(self, count: int, check_rekey: bool = False) -> bytes:
        """Return exactly ``count`` bytes. Raises EOFError, OSError, and NeedRekeyException before the first byte."""
        data, self._unread = bytearray(self._unread[:count]), self._unread[count:]
        while len(data) < count:
            data += self._receive(count - len(data), may_rekey=check_rekey and not data)
        return bytes(data)

    def _receive(self, count: int, *, may_rekey: bool) -> bytes:
        while True:
            try:
                data = self._wire.recv(count)
            except TimeoutError:
                if self._closed:
                    raise EOFError from None
                if may_rekey and self._wants_keys:
                    raise NeedRekeyException from None
                continue
            except OSError:
                if self._closed:
                    raise EOFError from None
                raise
            if not data:
                self.ended = not self._wire.closed
                raise EOFError
            return data

    def read_message(self) -> tuple[int, Message]:
        """Return the next message: its number and the rest. Raises Broken, EOFError, OSError, NeedRekeyException."""
        if self._wire.backlog > _MOST_UNSENT:
            raise Broken("it never stops asking, and reads no answers")
        opening = self._opening
        header = self.read_all(opening.header, check_rekey=True)
        length = opening.length(self._received, header)
        if not _SMALLEST <= length <= _LARGEST or (length + _LENGTH - opening.aligned) % opening.block:
            raise Broken("it sent a packet of an impossible length")
        rest = self.read_all(_LENGTH + length - len(header) + opening.tag)
        try:
            packet = opening.open(self._received, header, rest)
        except DamagedPacket as error:
            raise Broken(f"it sent a damaged packet: {error}") from error
        message = self._message(packet)
        self._count_received(len(header) + len(rest))
        return message

    def _message(self, packet: bytes) -> tuple[int, Message]:
        payload = packet[1 : len(packet) - packet[0]]
        if self._decompressor is not None:
            payload = self._decompressor(payload)
        if packet[0] < _LEAST_PADDING or not payload:
            raise Broken("it sent an empty packet")
        message = Message(payload[1:])
        message.seqno = self._received
        return payload[0], message

    def _count_received(self, size: int) -> None:
        self._received = self._next(self._received)
        self._received_bytes += size
        self._received_packets += 1
        if self._received_bytes >= 2 * _REKEY_BYTES or self._received_packets >= 2 * _REKEY_PACKETS:
            raise Broken("it ignored a request for new keys")
        if self._received_bytes >= _REKEY_BYTES or self._received_packets >= _REKEY_PACKETS:
            self._wants_keys = True

    def _next(self, sequence: int) -> int:
        if sequence == _LAST and not self._initial_kex_done:
            raise Broken("it sent too many packets before the first keys")
        return (sequence + 1) & _LAST

    # --- sending ---------------------------------------------------------------------------------------------

    def send_message(self, message: Message) -> None:
        """Send one message. Raises EOFError when the connection is gone."""
        payload = message.asbytes()
        with self._lock:
            if self._compressor is not None:
                payload = self._compressor(payload)
            sealing = self._sealing
            packet = sealing.seal(self._sent, _packet(payload, sealing.block, sealing.aligned))
            self._sent = self._next(self._sent)
            self.write_all(packet)
            self._sent_bytes += len(packet)
            self._sent_packets += 1
            if self._sent_bytes >= _REKEY_BYTES or self._sent_packets >= _REKEY_PACKETS:
                self._wants_keys = True


def _packet(payload: bytes, block: int, aligned: int) -> bytes:
    """Return a packet with its length and padding (RFC 4253 §6)."""
    padding = block - (_LENGTH + 1 - aligned + len(payload)) % block
    if padding < _LEAST_PADDING:
        padding += block
    return struct.pack(">IB", len(payload) + padding + 1, padding) + payload + os.urandom(padding)


class Compressor:
    """Compresses each packet so that it can be unpacked when it arrives (RFC 4253 §6.2)."""

    def __init__(self) -> None:
        self._stream = zlib.compressobj()

    def __call__(self, data: bytes) -> bytes:
        """Return ``data`` compressed."""
        return self._stream.compress(data) + self._stream.flush(zlib.Z_PARTIAL_FLUSH)


class Decompressor:
    """Unpacks packets, up to the size that a packet may have."""

    def __init__(self) -> None:
        self._stream = zlib.decompressobj()

    def __call__(self, data: bytes) -> bytes:
        """Return ``data`` unpacked. Raises Broken when it is damaged or unpacks to more than a packet holds."""
        try:
            plain = self._stream.decompress(data, _LARGEST)
        except zlib.error as error:
            raise Broken("it sent a packet that cannot be unpacked") from error
        if self._stream.unconsumed_tail or len(plain) >= _LARGEST:
            raise Broken("it sent a packet that unpacks to more than 256 KiB")
        return plain
