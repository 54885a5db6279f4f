"""Looks whether the server can be reached by a connection of its own first.

See digint/btrbk#605, jtesta/ssh-audit#349.
"""

from __future__ import annotations

import socket

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.ssh.dialler import Dialler

REJECTED_BY = {
    "opening/one_connection[key]": {
        "step": "expect connected",
        "expected": "1 connections to the bastion within 2s",
        "observed": "2 connections to bastion",
    },
}


class Careful(Dialler):
    @override
    def connect(self, host: str, port: int) -> socket.socket:
        super().connect(host, port).close()
        return super().connect(host, port)


class Faulty(Tunnel):
    parts = Parts(dialler=Careful)


if __name__ == "__main__":
    serve(Faulty, "knocks_before_it_connects")
