"""Leaves a session that ended while nobody used it, and does not notice who comes then (metabase/metabase#14842)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.pump import Pump
from tunnel_impl.life.chain import Chain

REJECTED_BY = {
    "liveness/unused_connection": {"step": "works_again", "expected": "a client to be served again within 10 s"},
}


class Faulty(Tunnel):
    @override
    def recover(self, loss: TunnelError) -> Chain:
        if self.io_loop and not any(isinstance(one, Pump) for one in self.io_loop.owned):
            self.cancellation.sleep(3600)
        return super().recover(loss)


if __name__ == "__main__":
    serve(Faulty, "reconnects_only_for_connections_that_it_lost")
