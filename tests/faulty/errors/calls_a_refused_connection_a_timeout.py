"""Has one error for every server that cannot be reached."""

from __future__ import annotations

import socket

from typing_extensions import override

from tunnel_impl import Parts, Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.ssh.dialler import Dialler

REJECTED_BY = {
    "errors/server_out_of_reach[refuses]": {
        "step": "open",
        "expected": "the error connection-refused",
        "observed": "timeout",
    },
}


class Vague(Dialler):
    @override
    def connect(self, host: str, port: int) -> socket.socket:
        try:
            return super().connect(host, port)
        except TunnelError as error:
            raise TunnelError("timeout", f"{host} cannot be reached.") from error


class Faulty(Tunnel):
    parts = Parts(dialler=Vague)


if __name__ == "__main__":
    serve(Faulty, "calls_a_refused_connection_a_timeout")
