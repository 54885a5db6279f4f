"""Adds the keep-alive budgets of its hops up before it gives a silent chain up (ronf/asyncssh#471)."""

from __future__ import annotations

from dataclasses import replace

from typing_extensions import override

from tunnel_impl import Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.life.chain import Chain

REJECTED_BY = {
    "jump/frozen_hop[first-hop]": {"step": "expect connections", "observed": "0 of 2 connections closed"},
    "jump/frozen_hop[second-hop]": {"step": "expect connections", "observed": "0 of 2 connections closed"},
}


class Faulty(Tunnel):
    @override
    def watch(self, chain: Chain) -> TunnelError:
        given = self.profile
        self.profile = replace(
            given, keepalive=replace(given.keepalive, count=given.keepalive.count * len(chain.sessions))
        )
        try:
            return super().watch(chain)
        finally:
            self.profile = given


if __name__ == "__main__":
    serve(Faulty, "allows_each_hop_its_own_silence")
