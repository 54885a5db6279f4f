"""Stops listening when its session ends, and leaves it to the user to start again (metabase/metabase#14842)."""

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
        raise loss


if __name__ == "__main__":
    serve(Faulty, "ends_with_its_first_session")
