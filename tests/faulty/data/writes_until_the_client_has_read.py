"""Writes to a client that does not read until it does, and serves nobody meanwhile (libssh2/libssh2#22)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.pump import Pump

REJECTED_BY = {
    "data/stuck_neighbours[unread]": {
        "step": "echo",
        "expected": "an echo within 2.5 s",
        "observed": "0 of 1024 bytes came back",
    },
}


class Blocking(Pump):
    @override
    def deliver(self) -> None:
        self.sock.setblocking(True)
        super().deliver()
        self.sock.setblocking(False)


class Faulty(Tunnel):
    parts = Parts(pump=Blocking)


if __name__ == "__main__":
    serve(Faulty, "writes_until_the_client_has_read")
