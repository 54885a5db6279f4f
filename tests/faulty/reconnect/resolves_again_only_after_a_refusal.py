"""Dials the address it found until that refuses, also when it is silent (beekeeper-studio/beekeeper-studio#2370)."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from typing import Any, ClassVar

from typing_extensions import override

from tunnel_impl import Parts, Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.ssh.dialler import Dialler

REJECTED_BY = {
    "reconnect/new_address": {"step": "works_again", "expected": "a client to be served again within 12 s"},
    "jump/new_address": {"step": "works_again", "expected": "a client to be served again within 12 s"},
}


class Attached(Dialler):
    known: ClassVar[dict[str, Sequence[Any]]] = {}

    @override
    def connect(self, host: str, port: int) -> socket.socket:
        try:
            return super().connect(host, port)
        except TunnelError as error:
            if error.code == "connection-refused":
                self.known.pop(host, None)
            raise

    @override
    def resolve(self, host: str, port: int) -> Sequence[Any]:
        if host not in self.known:
            self.known[host] = super().resolve(host, port)
        return self.known[host]


class Faulty(Tunnel):
    parts = Parts(dialler=Attached)


if __name__ == "__main__":
    serve(Faulty, "resolves_again_only_after_a_refusal")
