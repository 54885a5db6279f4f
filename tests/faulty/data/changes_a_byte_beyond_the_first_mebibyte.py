"""Corrupts one byte of what a client sends, but only after the first MiB of a connection."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.pump import Pump

REJECTED_BY = {
    "data/both_ways": {"step": "transfer", "observed": "a wrong byte between"},
    "data/through_dropbear[both-ways]": {"step": "transfer", "observed": "a wrong byte between"},
    "data/half_close[large]": {
        "step": "upload",
        "observed": "8388608 bytes received by the target, or a wrong checksum",
    },
}


class Unreliable(Pump):
    passed = 0

    @override
    def on_local_data(self, data: bytes) -> None:
        before, self.passed = self.passed, self.passed + len(data)
        if before <= 1 << 20 < self.passed:
            data = bytes([data[0] ^ 1]) + data[1:]
        super().on_local_data(data)


class Faulty(Tunnel):
    parts = Parts(pump=Unreliable)


if __name__ == "__main__":
    serve(Faulty, "changes_a_byte_beyond_the_first_mebibyte")
