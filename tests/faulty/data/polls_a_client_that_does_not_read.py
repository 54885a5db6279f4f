"""Looks all the time whether its client has read something (class LIV-13)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.pump import Pump

REJECTED_BY = {
    "data/processor_time_of_full_connections[download]": {
        "step": "expect cpu_below",
        "expected": "less than 0.1 s of processor time",
    },
}


class Eager(Pump):
    @override
    def watch(self) -> None:
        super().watch()
        if self.channel.received:
            self.io_loop.call(self.step)


class Faulty(Tunnel):
    parts = Parts(pump=Eager)


if __name__ == "__main__":
    serve(Faulty, "polls_a_client_that_does_not_read")
