"""Reconnects when the server hung up, but not when it fell silent (class REC-2)."""

from __future__ import annotations

from tunnel_impl import Tunnel, TunnelError
from tunnel_impl.adapter.service import serve
from tunnel_impl.life.chain import Chain


class Faulty(Tunnel):
    def _recover(self, loss: TunnelError) -> Chain:
        if "keep-alive" in loss.message:
            self._cancellation.sleep(3600)
        return super()._recover(loss)


if __name__ == "__main__":
    serve(Faulty, "does_not_reconnect_after_silence")
