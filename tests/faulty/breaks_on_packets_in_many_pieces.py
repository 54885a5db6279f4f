"""Gives a packet up that has not come whole in sixty pieces (libssh2/libssh2#525)."""

from __future__ import annotations

from paramiko.packet import Packetizer
from tunnel_impl.adapter import serve


MOST = 60


class Impatient(Packetizer):
    def read_all(self, n: int, check_rekey: bool = False) -> bytes:
        self.pieces = 0
        return super().read_all(n, check_rekey)


if __name__ == "__main__":
    serve(Faulty, "breaks_on_packets_in_many_pieces")
