"""Drops a client that reset its connection, and forgets its channel (hierynomus/sshj#686)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.pump import Pump

REJECTED_BY = {
    "data/client_reset": {"step": "expect target_connections", "observed": "131 open connections"},
}


class Forgetful(Pump):
    @override
    def end(self) -> None:
        self.over = True
        self.io_loop.owned.discard(self)
        self.io_loop.watch(self.sock, 0, self.on_ready)
        self.sock.close()


class Faulty(Tunnel):
    parts = Parts(pump=Forgetful)


if __name__ == "__main__":
    serve(Faulty, "leaves_the_target_of_a_client_that_reset")
