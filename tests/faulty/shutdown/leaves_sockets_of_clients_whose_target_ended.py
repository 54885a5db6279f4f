"""Closes the channel of a client whose target ended first, and forgets its socket (hierynomus/sshj#686)."""

from __future__ import annotations

import socket
from typing import ClassVar

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.pump import Pump

REJECTED_BY = {
    "shutdown/no_half_closed_sockets[target-closes]": {"step": "expect close_wait", "observed": "20 sockets"},
    "shutdown/no_half_closed_sockets[target-resets]": {"step": "expect close_wait", "observed": "20 sockets"},
}


class Forgetful(Pump):
    left: ClassVar[list[socket.socket]] = []

    @override
    def on_remote_eof(self) -> None:
        if self.local_eof:
            super().on_remote_eof()
        else:
            self.left.append(self.sock.dup())
            self.local_eof = True


class Faulty(Tunnel):
    parts = Parts(pump=Forgetful)


if __name__ == "__main__":
    serve(Faulty, "leaves_sockets_of_clients_whose_target_ended")
