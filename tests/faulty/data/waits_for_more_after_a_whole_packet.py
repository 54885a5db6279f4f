"""Takes a read that filled a packet for one that will be followed by another (libssh2/libssh2#525)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.pump import Pump

REJECTED_BY = {
    "data/one_packet[one-packet]": {"step": "echo", "observed": "of 32768 bytes came back"},
}

_PACKET = 32768
_PIECE = 16384


class Collecting(Pump):
    waiting = b""

    @override
    def read(self) -> None:
        if not self.channel.room():
            return
        try:
            data = self.sock.recv(_PACKET)
        except BlockingIOError:
            return
        self.waiting += data
        if len(data) == _PACKET:
            return
        rest, self.waiting = self.waiting, b""
        for start in range(0, len(rest), _PIECE):
            self.on_local_data(rest[start : start + _PIECE])
        if not data:
            self.local_eof = True
            self.on_local_eof()


class Faulty(Tunnel):
    parts = Parts(pump=Collecting)


if __name__ == "__main__":
    serve(Faulty, "waits_for_more_after_a_whole_packet")
