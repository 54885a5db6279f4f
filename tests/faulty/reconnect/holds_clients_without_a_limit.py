"""Accepts connections while it is down, and lets them wait for ever (pahaz/sshtunnel#261, pahaz/sshtunnel#289)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.forwarder import Forwarder
from tunnel_impl.forwarding.io_loop import IoLoop
from tunnel_impl.forwarding.listener import Listener

REJECTED_BY = {
    "reconnect/no_hanging_clients": {"step": "dial", "observed": "accepted and left hanging"},
}


class Faulty(Tunnel):
    @override
    def new_forwarder(self, listener: Listener, io_loop: IoLoop) -> Forwarder:
        return Forwarder(listener, self.profile.target, 3600, io_loop, self.note)


if __name__ == "__main__":
    serve(Faulty, "holds_clients_without_a_limit")
