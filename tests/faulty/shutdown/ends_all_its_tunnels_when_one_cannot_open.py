"""Starts afresh when a tunnel cannot open, and takes all others down (class STOP-3)."""

from __future__ import annotations

from typing import ClassVar

from typing_extensions import override

from tunnel_impl import Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.life.chain import Chain

REJECTED_BY = {
    "shutdown/another_tunnel_goes_on[failed-to-open]": {
        "step": "expect connections",
        "expected": "the held connections to be open throughout 0.5 s",
    },
}


class Faulty(Tunnel):
    chains: ClassVar[list[Chain]] = []

    @override
    def connect(self) -> Chain:
        try:
            chain = super().connect()
        except TunnelError:
            for one in self.chains:
                one.end()
            raise
        self.chains.append(chain)
        return chain


if __name__ == "__main__":
    serve(Faulty, "ends_all_its_tunnels_when_one_cannot_open")
