"""Listens without SO_REUSEADDR: its port stays taken while old connections linger (TabularisDB/tabularis#406)."""

from __future__ import annotations

import socket

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.listener import Listener

REJECTED_BY = {
    "reconnect/opened_again": {"step": "open", "expected": "open to succeed", "observed": "port-in-use"},
}


class Exclusive(Listener):
    @override
    def bind(self, port: int) -> tuple[socket.socket, ...]:
        sock = socket.socket()
        try:
            sock.setblocking(False)
            sock.bind((self.host, port))
            sock.listen()
        except OSError:
            sock.close()
            raise
        return (sock,)


class Faulty(Tunnel):
    parts = Parts(listener=Exclusive)


if __name__ == "__main__":
    serve(Faulty, "cannot_listen_where_connections_linger")
