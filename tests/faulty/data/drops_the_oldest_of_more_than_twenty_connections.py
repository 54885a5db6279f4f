"""Makes room for a new connection by ending the oldest one (agebrock/tunnel-ssh#13)."""

from __future__ import annotations

from typing import ClassVar

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.pump import Pump

REJECTED_BY = {
    "data/many_connections": {
        "step": "expect connections",
        "expected": "the held connections to be open throughout 0.5 s",
        "observed": "1 of 1 connections closed",
    },
}

MOST = 20


class Crowded(Pump):
    present: ClassVar[list[Pump]] = []

    @override
    def start(self) -> None:
        super().start()
        self.present[:] = [*(one for one in self.present if not one.over), self]
        if len(self.present) > MOST:
            self.present[0].end()


class Faulty(Tunnel):
    parts = Parts(pump=Crowded)


if __name__ == "__main__":
    serve(Faulty, "drops_the_oldest_of_more_than_twenty_connections")
