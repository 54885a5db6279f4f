"""Treats what a client sends as text, and mends its line ends."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.pump import Pump

REJECTED_BY = {
    "data/echo": {"step": "echo", "observed": "other bytes came back"},
    "data/through_dropbear[echo]": {"step": "echo", "observed": "other bytes came back"},
}


class Literate(Pump):
    @override
    def on_local_data(self, data: bytes) -> None:
        super().on_local_data(data.replace(b"\r", b"\n"))


class Faulty(Tunnel):
    parts = Parts(pump=Literate)


if __name__ == "__main__":
    serve(Faulty, "turns_carriage_returns_into_line_feeds")
