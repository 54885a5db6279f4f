"""Lets TCP end a connection whose data was not acknowledged within 20 ms (tcp(7), TCP_USER_TIMEOUT)."""

from __future__ import annotations

import socket

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.dialler import Dialler


class Impatient(Dialler):
    def connect(self, host: str, port: int) -> socket.socket:
        sock = super().connect(host, port)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 20)
        return sock


class Faulty(Tunnel):
    parts = Parts(dialler=Impatient)


if __name__ == "__main__":
    serve(Faulty, "gives_up_unacknowledged_data_after_a_moment")
