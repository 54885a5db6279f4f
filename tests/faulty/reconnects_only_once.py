"""Recovers from the first loss and gives up at the second."""

from __future__ import annotations

from tunnel_impl import Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.chain import Chain


class Faulty(Tunnel):
    recovered = False

    def _recover(self, loss: TunnelError) -> Chain:
        if self.recovered:
            raise loss
        self.recovered = True
        return super()._recover(loss)


if __name__ == "__main__":
    serve(Faulty, "reconnects_only_once")
