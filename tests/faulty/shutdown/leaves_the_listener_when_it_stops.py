"""Ends its connections when it stops, and goes on listening (class REC-3)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.listener import Listener

REJECTED_BY = {
    "shutdown/stop_with_open_connections": {"step": "expect listens", "observed": "listening at 127.0.0.1:"},
}


class Lasting(Listener):
    @override
    def close(self) -> None:
        """Stay."""


class Faulty(Tunnel):
    parts = Parts(listener=Lasting)


if __name__ == "__main__":
    serve(Faulty, "leaves_the_listener_when_it_stops")
