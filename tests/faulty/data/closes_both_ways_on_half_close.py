"""Takes the end of the client's input for the end of the connection (apache/mina-sshd#227, Eugeny/tabby#10967)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.pump import Pump

REJECTED_BY = {
    "data/half_close[empty]": {"step": "upload", "observed": "no reply at all"},
    "data/half_close[small]": {"step": "upload", "observed": "no reply at all"},
    "data/half_close[large]": {"step": "upload", "observed": "no reply at all"},
    "data/through_dropbear[client-ends-first]": {"step": "upload", "observed": "no reply at all"},
}


class Abrupt(Pump):
    @override
    def on_local_eof(self) -> None:
        self.finish()


class Faulty(Tunnel):
    parts = Parts(pump=Abrupt)


if __name__ == "__main__":
    serve(Faulty, "closes_both_ways_on_half_close")
