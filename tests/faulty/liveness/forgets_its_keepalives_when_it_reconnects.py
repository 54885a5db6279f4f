"""Gives the keep-alive interval to its first session only (class LIV-2)."""

from __future__ import annotations

from dataclasses import replace

from typing_extensions import override

from tunnel_impl import Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.life.chain import Chain

REJECTED_BY = {
    "liveness/watched_after_reconnect": {
        "step": "expect connections",
        "expected": "within 1.6s..5s",
        "observed": "0 of 1 connections closed",
    },
}


class Faulty(Tunnel):
    @override
    def recover(self, loss: TunnelError) -> Chain:
        self.profile = replace(self.profile, keepalive=replace(self.profile.keepalive, interval=0))
        return super().recover(loss)


if __name__ == "__main__":
    serve(Faulty, "forgets_its_keepalives_when_it_reconnects")
