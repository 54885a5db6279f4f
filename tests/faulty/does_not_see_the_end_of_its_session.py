"""Listens and says that it is connected after its session has ended (TableProApp/TablePro#739)."""

from __future__ import annotations

from tunnel_impl import Tunnel, TunnelError
from tunnel_impl.adapter.service import serve
from tunnel_impl.life.chain import Chain


class Faulty(Tunnel):
    def _watch(self, chain: Chain) -> TunnelError:
        self._cancellation.sleep(10.0**6)
        return chain.loss()


if __name__ == "__main__":
    serve(Faulty, "does_not_see_the_end_of_its_session")
