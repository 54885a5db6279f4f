"""Reconnects when the server hung up, but not when it fell silent (class REC-2)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.life.chain import Chain

REJECTED_BY = {
    "reconnect/server_thawed": {"step": "works_again", "expected": "a client to be served again within 12 s"},
}


class Faulty(Tunnel):
    @override
    def recover(self, loss: TunnelError) -> Chain:
        if "keep-alive" in loss.message:
            self.cancellation.sleep(3600)
        return super().recover(loss)


if __name__ == "__main__":
    serve(Faulty, "does_not_reconnect_after_silence")
