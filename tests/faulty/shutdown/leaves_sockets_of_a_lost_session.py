"""Keeps the sockets of clients whose session was lost, and never looks at them again (hierynomus/sshj#686)."""

from __future__ import annotations

import socket
from typing import ClassVar

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.pump import Pump
from tunnel_impl.ssh.channel import Phase

REJECTED_BY = {
    "shutdown/no_half_closed_sockets[link-resets]": {"step": "expect close_wait", "observed": "20 sockets"},
    "shutdown/no_half_closed_sockets[link-cut]": {"step": "expect close_wait", "observed": "20 sockets"},
    "shutdown/no_half_closed_sockets[server-killed]": {"step": "expect close_wait", "observed": "20 sockets"},
}


class Forgetful(Pump):
    left: ClassVar[list[socket.socket]] = []

    @override
    def abort(self) -> None:
        if self.channel.phase is Phase.LOST:
            self.left.append(self.sock.dup())
        super().abort()


class Faulty(Tunnel):
    parts = Parts(pump=Forgetful)


if __name__ == "__main__":
    serve(Faulty, "leaves_sockets_of_a_lost_session")
