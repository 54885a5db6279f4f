"""Takes a piece that the target's window could not hold whole for sent (libssh2/libssh2#1945)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.pump import Pump

REJECTED_BY = {
    "data/slow_target": {"step": "upload", "observed": "no answer"},
}

PIECE = 1 << 15


class Hasty(Pump):
    @override
    def read(self) -> None:
        room = self.channel.room()
        if not 0 < room < self.channel.largest:
            super().read()
            return
        data = self.sock.recv(PIECE)
        if data:
            self.on_local_data(data[:room])
        else:
            self.local_eof = True
            self.on_local_eof()


class Faulty(Tunnel):
    parts = Parts(pump=Hasty)


if __name__ == "__main__":
    serve(Faulty, "drops_what_the_window_has_no_room_for")
