"""Takes whatever listens on its local port already for itself (HeidiSQL/HeidiSQL#335)."""

from __future__ import annotations

import socket

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.listener import Listener
from tunnel_impl.profile import Local

REJECTED_BY = {
    "local/busy_port": {"step": "open", "expected": "open to be refused", "observed": "open reported success"},
    "errors/port_in_use[by-another-program]": {
        "step": "open",
        "expected": "the error port-in-use",
        "observed": "open reported success",
    },
}


class Trusting(Listener):
    @override
    @property
    def address(self) -> str:
        return super().address if self.sockets else "127.0.0.1"

    @override
    def ports(self, local: Local) -> range:
        self.asked_for = local.port
        return super().ports(local)

    @override
    def bind(self, port: int) -> tuple[socket.socket, ...]:
        try:
            return super().bind(port)
        except OSError:
            if port == self.asked_for:
                return ()
            raise


class Faulty(Tunnel):
    parts = Parts(listener=Trusting)


if __name__ == "__main__":
    serve(Faulty, "believes_a_busy_port_is_its_own")
