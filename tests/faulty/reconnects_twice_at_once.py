"""Lets two reconnections run side by side and forgets one (BetterDB-inc/monitor#409, t8y2/dbx#891)."""

from __future__ import annotations

from tunnel_impl import Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.chain import Chain


class Faulty(Tunnel):
    def _recover(self, loss: TunnelError) -> Chain:
        chain = super()._recover(loss)
        self.twin = self._connect()
        return chain


if __name__ == "__main__":
    serve(Faulty, "reconnects_twice_at_once")
