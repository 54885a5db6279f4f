"""Reconnects when the server says goodbye or resets, and not when the connection just ends (Scalingo/cli#488)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.life.chain import Chain

REJECTED_BY = {
    "reconnect/sessions_killed": {"step": "works_again", "expected": "a client to be served again within 5 s"},
    "liveness/dropbear[sessions-killed]": {"step": "works_again", "expected": "a client to be served again within 5 s"},
}


class Faulty(Tunnel):
    @override
    def watch(self, chain: Chain) -> TunnelError:
        loss = super().watch(chain)
        if "the server closed the connection" in loss.message:
            self.cancellation.sleep(3600)
        return loss


if __name__ == "__main__":
    serve(Faulty, "waits_for_a_lost_connection_to_come_back")
