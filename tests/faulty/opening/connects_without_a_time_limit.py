"""Waits for a silent server as long as it takes (golang/go#15113, paramiko/paramiko#2105)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.relay import Relay
from tunnel_impl.life.chain import Chain

REJECTED_BY = {
    "opening/server_silent": "expected open to end within 7 s; observed no answer",
}


class Faulty(Tunnel):
    @override
    def new_chain(self, relay: Relay) -> Chain:
        chain = super().new_chain(relay)
        chain.timeout = 3600
        return chain


if __name__ == "__main__":
    serve(Faulty, "connects_without_a_time_limit")
