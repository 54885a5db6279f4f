"""Waits for the loss of the first session and of no other: it recovers once (agebrock/tunnel-ssh#69)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.life.chain import Chain

REJECTED_BY = {
    "reconnect/link_reset": {"step": "works_again", "expected": "a client to be served again within 10 s"},
}


class Faulty(Tunnel):
    watched = False

    @override
    def watch(self, chain: Chain) -> TunnelError:
        if self.watched:
            self.cancellation.sleep(3600)
        self.watched = True
        return super().watch(chain)


if __name__ == "__main__":
    serve(Faulty, "watches_only_its_first_session")
