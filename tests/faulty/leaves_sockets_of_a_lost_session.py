"""Keeps the sockets of clients whose session was lost, and never looks at them again (hierynomus/sshj#686)."""

from __future__ import annotations

import socket
from typing import ClassVar

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter.service import serve
from tunnel_impl.forwarding.pump import Pump
from tunnel_impl.ssh.channel import Phase


class Forgetful(Pump):
    left: ClassVar[list[socket.socket]] = []

    def abort(self) -> None:
        if self.channel.phase is Phase.LOST:
            self.left.append(self.sock.dup())
        super().abort()


class Faulty(Tunnel):
    parts = Parts(pump=Forgetful)


if __name__ == "__main__":
    serve(Faulty, "leaves_sockets_of_a_lost_session")
