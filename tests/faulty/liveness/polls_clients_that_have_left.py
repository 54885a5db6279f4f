"""Goes on to wait for data of a client that ended its own; that is always ready (TableProApp/TablePro#1772)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.io_loop import READ
from tunnel_impl.forwarding.pump import Pump

REJECTED_BY = {
    "liveness/processor_time_of_waiting_clients": {
        "step": "expect cpu_below",
        "expected": "less than 0.1 s of processor time throughout 1.5 s",
    },
}


class Busy(Pump):
    @override
    def watch(self) -> None:
        super().watch()
        if self.local_eof:
            self.io_loop.watch(self.sock, READ, self.on_ready)


class Faulty(Tunnel):
    parts = Parts(pump=Busy)


if __name__ == "__main__":
    serve(Faulty, "polls_clients_that_have_left")
