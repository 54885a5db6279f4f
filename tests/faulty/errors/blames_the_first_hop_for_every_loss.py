"""Reports each loss with the first hop, wherever it happened (class LIV-14)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.life.chain import Chain

REJECTED_BY = {
    "errors/hop_of_a_loss[killed-bastion2]": {"step": "expect error", "expected": "the error connection-lost at hop 1"},
    "errors/hop_of_a_loss[frozen-bastion2]": {"step": "expect error", "expected": "the error connection-lost at hop 1"},
}


class Faulty(Tunnel):
    @override
    def watch(self, chain: Chain) -> TunnelError:
        loss = super().watch(chain)
        return TunnelError(loss.code, loss.message, 0)


if __name__ == "__main__":
    serve(Faulty, "blames_the_first_hop_for_every_loss")
