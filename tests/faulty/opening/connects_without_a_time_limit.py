"""Waits for a silent server as long as it takes (golang/go#15113, paramiko/paramiko#2105)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.io_loop import IoLoop
from tunnel_impl.life.chain import Chain

REJECTED_BY = {
    "opening/server_silent": {"step": "open", "expected": "open to end within 7 s", "observed": "no answer"},
}


class Faulty(Tunnel):
    @override
    def new_chain(self, io_loop: IoLoop) -> Chain:
        chain = super().new_chain(io_loop)
        chain.timeout = 3600
        return chain


if __name__ == "__main__":
    serve(Faulty, "connects_without_a_time_limit")
