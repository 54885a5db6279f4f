"""Stays logged in after Test Connection (class STOP-3)."""

from __future__ import annotations

from tunnel_impl import Tunnel
from tunnel_impl.adapter.service import serve
from tunnel_impl.forwarding.relay import Relay


class Faulty(Tunnel):
    def test(self) -> None:
        self._relay = Relay()
        self._relay.start()
        self._connect()


if __name__ == "__main__":
    serve(Faulty, "test_leaves_its_session")
