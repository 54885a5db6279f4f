"""Has room for fifty connections in its table, and forgets to take ended ones out (agebrock/tunnel-ssh#78)."""

from __future__ import annotations

from typing import ClassVar

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.pump import Pump

REJECTED_BY = {
    "data/pool_churn": {"step": "echo", "observed": "0 of 1024 bytes came back, then the connection ended (reset)"},
}

MOST = 50


class Crowded(Pump):
    table: ClassVar[list[Pump]] = []

    @override
    def start(self) -> None:
        super().start()
        self.table.append(self)
        if len(self.table) > MOST:
            self.table.pop(0).end()


class Faulty(Tunnel):
    parts = Parts(pump=Crowded)


if __name__ == "__main__":
    serve(Faulty, "ends_its_oldest_connection_after_fifty_others")
