"""Takes the end of the target's data for the end of the connection (class DATA-1)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.pump import Pump

REJECTED_BY = {
    "data/target_half_closes[small]": {"step": "answer_after_end", "expected": "after the target's end"},
    "data/target_half_closes[large]": {
        "step": "answer_after_end",
        "expected": "a connection that accepts data after the target's end",
    },
    "data/through_dropbear[target-ends-first]": {
        "step": "answer_after_end",
        "expected": "a connection that accepts data after the target's end",
    },
}


class Impatient(Pump):
    @override
    def on_remote_eof(self) -> None:
        super().on_remote_eof()
        self.finish()


class Faulty(Tunnel):
    parts = Parts(pump=Impatient)


if __name__ == "__main__":
    serve(Faulty, "closes_both_ways_when_the_target_half_closes")
