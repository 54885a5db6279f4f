"""Stops listening, and stays logged in (TableProApp/TablePro#214, pahaz/sshtunnel#294)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve

REJECTED_BY = {
    "shutdown/stop_with_open_connections": {"step": "expect sessions", "observed": "1 sessions"},
}


class Faulty(Tunnel):
    @override
    def discard(self) -> None:
        if self.io_loop:
            self.io_loop.stop()


if __name__ == "__main__":
    serve(Faulty, "leaves_the_session_when_it_stops")
