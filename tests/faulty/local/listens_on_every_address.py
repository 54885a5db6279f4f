"""Offers the tunnel to the whole network (blinksh/blink#1915, pahaz/sshtunnel#243)."""

from __future__ import annotations

import socket

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.listener import Listener

REJECTED_BY = {
    "local/loopback_only": {"step": "expect listens", "observed": "listening at 0.0.0.0:"},
}


class Open(Listener):
    @override
    @property
    def address(self) -> str:
        return "127.0.0.1"

    @override
    def bind(self, port: int) -> tuple[socket.socket, ...]:
        told, self.host = self.host, "0.0.0.0"
        try:
            return super().bind(port)
        finally:
            self.host = told


class Faulty(Tunnel):
    parts = Parts(listener=Open)


if __name__ == "__main__":
    serve(Faulty, "listens_on_every_address")
