"""Leaves the socket of a connection to the server that was refused, but only of every fifth (class STOP-2)."""

from __future__ import annotations

import socket
from typing import Any, ClassVar

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.ssh.dialler import Dialler

REJECTED_BY = {
    "shutdown/comes_and_goes[closed]": {"step": "expect grown", "observed": ", files +4 "},
    "shutdown/comes_and_goes[nobody-listens]": {"step": "expect grown", "observed": ", files +2 "},
}


class Careless(Dialler):
    left: ClassVar[list[socket.socket]] = []
    dialled: ClassVar[int] = 0

    @override
    def dial(self, where: Any, timeout: float) -> socket.socket:
        type(self).dialled += 1
        if self.dialled % 5 == 0:
            self.left.append(socket.socket(where[0], where[1], where[2]))
        return super().dial(where, timeout)


class Faulty(Tunnel):
    parts = Parts(dialler=Careless)


if __name__ == "__main__":
    serve(Faulty, "leaves_a_socket_of_every_fifth_dial")
