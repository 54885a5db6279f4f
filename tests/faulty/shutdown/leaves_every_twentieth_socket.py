"""Leaves the file of every twentieth connection open (paramiko/paramiko#2568)."""

from __future__ import annotations

import socket
from typing import ClassVar

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.pump import Pump

REJECTED_BY = {
    "shutdown/many_files_open": {
        "step": "expect grown",
        "expected": "at most files +0 within 5s",
        "observed": "files +",
    },
    "shutdown/short_connections": {"step": "expect grown", "observed": "files +10"},
}


class Forgetful(Pump):
    left: ClassVar[list[socket.socket]] = []
    started: ClassVar[int] = 0

    @override
    def start(self) -> None:
        type(self).started += 1
        if self.started % 20 == 0:
            self.left.append(self.sock.dup())
        super().start()


class Faulty(Tunnel):
    parts = Parts(pump=Forgetful)


if __name__ == "__main__":
    serve(Faulty, "leaves_every_twentieth_socket")
