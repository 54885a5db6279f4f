"""Leaves its listener behind when the login fails (class STOP-2)."""

from __future__ import annotations

from tunnel_impl import Tunnel, TunnelError
from tunnel_impl.adapter.service import serve
from tunnel_impl.forwarding.listener import Listener
from tunnel_impl.life.chain import Chain


class Faulty(Tunnel):
    left: Listener | None = None

    def _connect(self) -> Chain:
        try:
            return super()._connect()
        except TunnelError:
            self.left = Listener(self.profile.local)
            raise


if __name__ == "__main__":
    serve(Faulty, "listens_after_a_refused_login")
