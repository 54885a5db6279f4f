"""Keeps its tunnels' connections in one list, and ends all of them with one tunnel (class STOP-3)."""

from __future__ import annotations

from typing import ClassVar

from typing_extensions import override

from tunnel_impl import Endpoint, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.life.chain import Chain

REJECTED_BY = {
    "shutdown/another_tunnel_goes_on[stopped]": {
        "step": "expect connections",
        "expected": "the held connections to be open throughout 0.5 s",
    },
    "shutdown/another_tunnel_goes_on[stopped-in-the-middle-of-a-transfer]": {
        "step": "expect connections",
        "expected": "the held connections to be open throughout 0.5 s",
    },
}


class Faulty(Tunnel):
    chains: ClassVar[list[Chain]] = []

    @override
    def connect(self) -> Chain:
        chain = super().connect()
        self.chains.append(chain)
        return chain

    @override
    def close(self) -> None:
        super().close()
        for chain in self.chains:
            chain.end()

    @override
    def open(self, listen: object = None) -> Endpoint:
        del listen
        return super().open()


if __name__ == "__main__":
    serve(Faulty, "ends_all_its_tunnels_with_one")
