"""Lets clients in while it is down, and never serves them nor ends them (pahaz/sshtunnel#289)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.forwarder import Forwarder, Pending
from tunnel_impl.forwarding.io_loop import IoLoop
from tunnel_impl.forwarding.listener import Listener

REJECTED_BY = {
    "reconnect/clients_of_an_outage[cut]": {
        "step": "settle",
        "expected": "every client to be served or ended within 10 s",
    },
    "reconnect/clients_of_an_outage[frozen]": {
        "step": "settle",
        "expected": "every client to be served or ended within 10 s",
    },
}

kept: list[Pending] = []


class Forgetful(Forwarder):
    @override
    def open_channel(self, pending: Pending) -> None:
        if self.session is None or self.session.ended:
            self.pending.discard(pending)
            kept.append(pending)
            return
        super().open_channel(pending)


class Faulty(Tunnel):
    @override
    def new_forwarder(self, listener: Listener, io_loop: IoLoop) -> Forwarder:
        return Forgetful(listener, self.profile.target, self.profile.timeouts.open, io_loop, self.note)


if __name__ == "__main__":
    serve(Faulty, "forgets_clients_that_came_while_it_was_down")
