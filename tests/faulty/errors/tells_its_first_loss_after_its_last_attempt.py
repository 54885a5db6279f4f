"""Ends with the loss of its session as the error, whatever its last attempt met (t8y2/dbx#6034)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.life.chain import Chain

REJECTED_BY = {
    "errors/last_refusal[refused]": {"step": "expect error", "expected": "the error connection-refused"},
    "errors/last_refusal[silent]": {"step": "expect error", "expected": "the error timeout"},
}


class Faulty(Tunnel):
    @override
    def recover(self, loss: TunnelError) -> Chain:
        try:
            return super().recover(loss)
        except TunnelError as error:
            if error.passing:
                raise loss from error
            raise


if __name__ == "__main__":
    serve(Faulty, "tells_its_first_loss_after_its_last_attempt")
