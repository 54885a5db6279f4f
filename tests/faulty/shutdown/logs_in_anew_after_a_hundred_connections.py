"""Logs in anew after a hundred connections, and keeps the session that it had (agebrock/tunnel-ssh#49)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.forwarder import Forwarder, Pending
from tunnel_impl.forwarding.io_loop import IoLoop
from tunnel_impl.forwarding.listener import Listener

REJECTED_BY = {
    "shutdown/short_connections": {"step": "expect sessions", "observed": "3 sessions"},
}

MOST = 100


class Faulty(Tunnel):
    @override
    def new_forwarder(self, listener: Listener, io_loop: IoLoop) -> Forwarder:
        def new_session() -> None:
            chain = self.new_chain(io_loop)
            chain.connect()
            forwarder.session = chain.final

        class Wasteful(Forwarder):
            opened = 0

            @override
            def open_channel(self, pending: Pending) -> None:
                self.opened += 1
                if self.opened % MOST == 0:
                    new_session()
                super().open_channel(pending)

        forwarder = Wasteful(listener, self.profile.target, self.profile.timeouts.open, io_loop, self.note)
        return forwarder


if __name__ == "__main__":
    serve(Faulty, "logs_in_anew_after_a_hundred_connections")
