"""Lets two reconnections run and forgets the session of one (BetterDB-inc/monitor#409, t8y2/dbx#891)."""

from __future__ import annotations

from tunnel_impl import Tunnel
from tunnel_impl.adapter.service import serve
from tunnel_impl.life.chain import Chain


class Faulty(Tunnel):
    twin: Chain | None = None

    def _connect(self) -> Chain:
        if self._forwarder:
            self.twin = super()._connect()
        return super()._connect()


if __name__ == "__main__":
    serve(Faulty, "reconnects_twice_at_once")
