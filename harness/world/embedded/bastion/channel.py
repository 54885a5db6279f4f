"""Channels of an embedded bastion that keep to RFC 4254, section 5.2, as sshd does, and tell what is asked on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from asyncssh.channel import SSHChannel, SSHTCPChannel, SSHUNIXChannel
from asyncssh.constants import (
    DISC_PROTOCOL_ERROR,
    MSG_CHANNEL_DATA,
    MSG_CHANNEL_REQUEST,
    MSG_CHANNEL_WINDOW_ADJUST,
)
from asyncssh.packet import SSHPacket, UInt32

if TYPE_CHECKING:
    from asyncssh import DataType

    from harness.world.embedded.bastion.transport import TransportLayer

_GRACE = 10
"""sshd breaks off once a tenth of the window was sent beyond it (channels.c of OpenSSH)."""

_UNGRANTED = 3
"""Packets for which sshd does not yet grant new room (channel_check_window in channels.c of OpenSSH)."""


class Strict(SSHChannel[bytes]):
    """What both kinds of channel have in common."""

    _recv_window: int
    _beyond = 0

    @property
    def is_open(self) -> bool:
        """Whether either side may still send on it."""
        return self._send_state == "open" and self._recv_state in {"open", "eof"}

    def _checked_data(self, pkttype: int, pktid: int, packet: SSHPacket) -> None:
        """Drop a packet that is too large; take data beyond the window until it is too much."""
        size = int.from_bytes(packet.get_remaining_payload()[:4], "big")
        if size > self._recv_pktsize:
            self._log(f"rcvd big packet {size}, maxpack {self._recv_pktsize}")
            return
        if size > self._recv_window:
            self._beyond += size - self._recv_window
            self._log(f"rcvd too much data {size}, win {self._recv_window} (excess {self._beyond})")
            if self._beyond > self._init_recv_window // _GRACE:
                self._wire.disconnect(DISC_PROTOCOL_ERROR, f"channel {self._recv_chan}: peer ignored channel window")
                return
            self._recv_window = size
        else:
            self._beyond = 0
        self._process_data(pkttype, pktid, packet)

    def _deliver_data(self, data: bytes, datatype: DataType) -> None:
        """Grant room as often as sshd does; asyncssh waits until half of the window is used."""
        used = self._init_recv_window - self._recv_window
        if used > _UNGRANTED * self._recv_pktsize:
            self.send_packet(MSG_CHANNEL_WINDOW_ADJUST, UInt32(used))
            self._recv_window = self._init_recv_window
        super()._deliver_data(data, datatype)

    def _told_request(self, pkttype: int, pktid: int, packet: SSHPacket) -> None:
        peek = SSHPacket(packet.get_remaining_payload())
        name, want_reply = peek.get_string().decode("ascii", "replace"), peek.get_boolean()
        self._wire.tell("channel-request", name=name, want_reply=str(want_reply).lower())
        self._process_request(pkttype, pktid, packet)

    def _log(self, text: str) -> None:
        self._wire.tell("log", text=f"channel {self._recv_chan}: {text}")

    @property
    def _wire(self) -> TransportLayer:
        """The connection; there is one for as long as anything is received."""
        return cast("TransportLayer", self._conn)

    # asyncssh has no public hook for these messages
    _packet_handlers = {
        **SSHChannel._packet_handlers,  # noqa: SLF001 -- see above
        MSG_CHANNEL_DATA: _checked_data,
        MSG_CHANNEL_REQUEST: _told_request,
    }


class TcpChannel(Strict, SSHTCPChannel[bytes]):
    """A ``direct-tcpip`` channel."""


class SocketChannel(Strict, SSHUNIXChannel[bytes]):
    """A channel to a Unix domain socket."""
