"""Ends with the loss of the connection as its error when the reconnect was refused (t8y2/dbx#6034)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.life.chain import Chain

REJECTED_BY = {
    "errors/ended_reconnect[login-refused]": {"step": "expect error", "observed": "the error is connection-lost"},
}


class Faulty(Tunnel):
    @override
    def recover(self, loss: TunnelError) -> Chain:
        try:
            return super().recover(loss)
        except TunnelError as error:
            raise loss from error


if __name__ == "__main__":
    serve(Faulty, "tells_the_loss_and_not_why_it_could_not_recover")
