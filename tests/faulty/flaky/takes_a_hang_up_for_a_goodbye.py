"""Does not reconnect when the connection ended in good order, as if the user had wanted it (class REC-2)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.life.chain import Chain

REJECTED_BY = {
    "flaky/cut_mid_transfer": {"step": "works_again", "expected": "a client to be served again within 6 s"},
}


class Faulty(Tunnel):
    @override
    def recover(self, loss: TunnelError) -> Chain:
        if "the server closed the connection" in loss.message:
            raise loss
        return super().recover(loss)


if __name__ == "__main__":
    serve(Faulty, "takes_a_hang_up_for_a_goodbye")
