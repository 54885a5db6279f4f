"""Does not connect over a line whose TCP segments are smaller than 1400 bytes (class DATA-12)."""

from __future__ import annotations

import socket

from typing_extensions import override

from tunnel_impl import Parts, Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.ssh.dialler import Dialler

REJECTED_BY = {
    "flaky/small_packets": {"step": "open", "expected": "open to succeed", "observed": "handshake-failed"},
}

LEAST = 1400


class Choosy(Dialler):
    @override
    def connect(self, host: str, port: int) -> socket.socket:
        sock = super().connect(host, port)
        if sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG) < LEAST:
            sock.close()
            raise TunnelError("handshake-failed", "The line is broken: its segments are too small.")
        return sock


class Faulty(Tunnel):
    parts = Parts(dialler=Choosy)


if __name__ == "__main__":
    serve(Faulty, "takes_small_segments_for_a_broken_line")
