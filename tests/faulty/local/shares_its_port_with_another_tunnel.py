"""Lets two of its tunnels listen on one port, so that either may answer (electerm/electerm#3452)."""

from __future__ import annotations

import socket

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.listener import Listener

REJECTED_BY = {
    "local/port_of_another_tunnel": {
        "step": "open",
        "expected": "open to be refused",
        "observed": "open reported success",
    },
    "errors/port_in_use[by-another-tunnel]": {
        "step": "open",
        "expected": "the error port-in-use",
        "observed": "open reported success",
    },
}


class Sharing(Listener):
    @override
    def bind(self, port: int) -> tuple[socket.socket, ...]:
        sock = socket.socket()
        try:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            sock.setblocking(False)
            sock.bind((self.host, port))
            sock.listen()
        except OSError:
            sock.close()
            raise
        return (sock,)


class Faulty(Tunnel):
    parts = Parts(listener=Sharing)


if __name__ == "__main__":
    serve(Faulty, "shares_its_port_with_another_tunnel")
