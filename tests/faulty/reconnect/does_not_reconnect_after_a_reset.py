"""Reconnects when the connection was closed, but not when it was reset (agebrock/tunnel-ssh#69)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.life.chain import Chain

REJECTED_BY = {
    "reconnect/link_reset": {"step": "works_again", "expected": "a client to be served again within 10 s"},
}


class Faulty(Tunnel):
    @override
    def recover(self, loss: TunnelError) -> Chain:
        if "was reset" in loss.message:
            self.cancellation.sleep(3600)
        return super().recover(loss)


if __name__ == "__main__":
    serve(Faulty, "does_not_reconnect_after_a_reset")
