"""Watches its first two sessions, and so recovers twice (agebrock/tunnel-ssh#69)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.life.chain import Chain

REJECTED_BY = {
    "reconnect/link_reset": {"step": "works_again", "expected": "a client to be served again within 10 s"},
}


class Faulty(Tunnel):
    watched = 0

    @override
    def watch(self, chain: Chain) -> TunnelError:
        self.watched += 1
        if self.watched > 2:
            self.cancellation.sleep(3600)
        return super().watch(chain)


if __name__ == "__main__":
    serve(Faulty, "reconnects_twice_and_not_a_third_time")
