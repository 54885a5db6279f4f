"""Reconnects, and keeps forwarding through the lost session (TableProApp/TablePro#739)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.forwarder import Forwarder
from tunnel_impl.forwarding.io_loop import IoLoop
from tunnel_impl.forwarding.listener import Listener
from tunnel_impl.ssh.session import Session

REJECTED_BY = {
    "reconnect/server_restarted": {"step": "works_again", "expected": "a client to be served again within 5 s"},
}


class Stale(Forwarder):
    @override
    def use(self, session: Session) -> None:
        super().use(self.session or session)


class Faulty(Tunnel):
    @override
    def new_forwarder(self, listener: Listener, io_loop: IoLoop) -> Forwarder:
        return Stale(listener, self.profile.target, self.profile.timeouts.open, io_loop, self.note)


if __name__ == "__main__":
    serve(Faulty, "forwards_by_the_dead_session")
