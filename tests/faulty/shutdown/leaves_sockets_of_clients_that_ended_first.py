"""Closes the channel of a client that ended first, and forgets its socket (agebrock/tunnel-ssh#78)."""

from __future__ import annotations

import socket
from typing import ClassVar

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.pump import Pump

REJECTED_BY = {
    "shutdown/no_half_closed_sockets[client-closes]": {"step": "expect close_wait", "observed": "2"},
}


class Forgetful(Pump):
    left: ClassVar[list[socket.socket]] = []

    @override
    def on_remote_eof(self) -> None:
        if not self.local_eof:
            super().on_remote_eof()

    @override
    def finish(self) -> None:
        if self.local_eof:
            self.left.append(self.sock.dup())
        super().finish()


class Faulty(Tunnel):
    parts = Parts(pump=Forgetful)


if __name__ == "__main__":
    serve(Faulty, "leaves_sockets_of_clients_that_ended_first")
