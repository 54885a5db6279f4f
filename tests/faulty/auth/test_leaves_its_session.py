"""Stays logged in after Test Connection (class STOP-3)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.io_loop import IoLoop

REJECTED_BY = {
    "auth/test_connection": {"step": "expect sessions", "observed": "1 sessions"},
}


class Faulty(Tunnel):
    @override
    def test(self) -> None:
        self.io_loop = IoLoop()
        self.io_loop.start()
        self.connect()


if __name__ == "__main__":
    serve(Faulty, "test_leaves_its_session")
