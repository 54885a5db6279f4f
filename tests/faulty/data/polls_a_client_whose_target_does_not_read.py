"""Looks all the time whether there is room again for what its client sends (class LIV-13)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.io_loop import READ, WRITE
from tunnel_impl.forwarding.pump import Pump

REJECTED_BY = {
    "data/processor_time_of_full_connections[upload]": {
        "step": "expect cpu_below",
        "expected": "less than 0.1 s of processor time",
    },
    "data/processor_time_of_full_connections[several-uploads]": {
        "step": "expect cpu_below",
        "expected": "less than 0.1 s of processor time",
    },
}


class Eager(Pump):
    @override
    def watch(self) -> None:
        events = 0 if self.local_eof else READ
        self.io_loop.watch(self.sock, events | (WRITE if self.channel.received else 0), self.on_ready)


class Faulty(Tunnel):
    parts = Parts(pump=Eager)


if __name__ == "__main__":
    serve(Faulty, "polls_a_client_whose_target_does_not_read")
