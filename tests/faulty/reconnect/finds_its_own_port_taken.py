"""Listens anew when it reconnects, on the port that it still holds itself (TabularisDB/tabularis#406)."""

from __future__ import annotations

from dataclasses import replace

from typing_extensions import override

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.life.chain import Chain

REJECTED_BY = {
    "reconnect/server_restarted": {"step": "works_again", "expected": "a client to be served again within 5 s"},
}


class Faulty(Tunnel):
    @override
    def connect(self) -> Chain:
        chain = super().connect()
        endpoint = self.status().endpoint
        if endpoint:
            self.parts.listener(replace(self.profile.local, port=endpoint.port))
        return chain


if __name__ == "__main__":
    serve(Faulty, "finds_its_own_port_taken")
