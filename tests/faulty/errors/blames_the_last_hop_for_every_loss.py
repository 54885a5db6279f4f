"""Reports each loss with the last hop, wherever it happened (class LIV-14)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.life.chain import Chain

REJECTED_BY = {
    "errors/hop_of_a_loss[killed-bastion1]": {"step": "expect error", "expected": "the error connection-lost at hop 0"},
    "errors/hop_of_a_loss[frozen-bastion1]": {"step": "expect error", "expected": "the error connection-lost at hop 0"},
    "errors/hop_of_a_loss[killed-middle]": {"step": "expect error", "expected": "the error connection-lost at hop 1"},
}


class Faulty(Tunnel):
    @override
    def watch(self, chain: Chain) -> TunnelError:
        loss = super().watch(chain)
        return TunnelError(loss.code, loss.message, len(self.profile.hops) - 1)


if __name__ == "__main__":
    serve(Faulty, "blames_the_last_hop_for_every_loss")
