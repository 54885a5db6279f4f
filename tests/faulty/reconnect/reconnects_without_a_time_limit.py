"""Limits its first connection, and none of those that follow a loss."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.io_loop import IoLoop
from tunnel_impl.life.chain import Chain

REJECTED_BY = {
    "reconnect/bounded_at_each_hop[bastion1]": {
        "step": "expect attempts",
        "expected": "2 new connections at to-bastion1",
    },
    "reconnect/bounded_at_each_hop[bastion2]": {
        "step": "expect attempts",
        "expected": "2 new connections at to-bastion1",
    },
}


class Faulty(Tunnel):
    @override
    def new_chain(self, io_loop: IoLoop) -> Chain:
        chain = super().new_chain(io_loop)
        if self.status().state == "reconnecting":
            chain.timeout = 3600
        return chain


if __name__ == "__main__":
    serve(Faulty, "reconnects_without_a_time_limit")
