"""Says that it listens where it was asked to, and listens on 127.0.0.1 (pahaz/sshtunnel#194, dbgate/dbgate#656)."""

from __future__ import annotations

import socket

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.listener import Listener

REJECTED_BY = {
    "local/as_given[ipv6]": {"step": "echo", "expected": "the tunnel to accept a connection at ::1:"},
}


class Old(Listener):
    @override
    @property
    def address(self) -> str:
        return super().address if self.host == "localhost" else self.host

    @override
    def bind(self, port: int) -> tuple[socket.socket, ...]:
        told, self.host = self.host, "127.0.0.1"
        try:
            return super().bind(port)
        finally:
            self.host = told


class Faulty(Tunnel):
    parts = Parts(listener=Old)


if __name__ == "__main__":
    serve(Faulty, "listens_on_ipv4_whatever_is_asked")
