"""Logs in anew for each local connection (agebrock/tunnel-ssh#49, Studio3T/robomongo#898)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.forwarder import Forwarder, Pending
from tunnel_impl.forwarding.io_loop import IoLoop
from tunnel_impl.forwarding.listener import Listener

REJECTED_BY = {
    "data/many_connections": {"step": "expect sessions", "expected": "1 SSH sessions at the bastion within 2s"},
}


class Faulty(Tunnel):
    @override
    def new_forwarder(self, listener: Listener, io_loop: IoLoop) -> Forwarder:
        def new_session() -> None:
            chain = self.new_chain(io_loop)
            chain.connect()
            forwarder.session = chain.final

        class Wasteful(Forwarder):
            @override
            def open_channel(self, pending: Pending) -> None:
                new_session()
                super().open_channel(pending)

        forwarder = Wasteful(listener, self.profile.target, self.profile.timeouts.open, io_loop, self.note)
        return forwarder


if __name__ == "__main__":
    serve(Faulty, "opens_a_session_for_each_connection")
