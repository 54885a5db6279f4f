"""Takes a target that does not answer for a broken session, and begins a new one (mscdex/ssh2#682)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.forwarder import Forwarder, Pending
from tunnel_impl.forwarding.io_loop import IoLoop
from tunnel_impl.forwarding.listener import Listener

REJECTED_BY = {
    "opening/target_silent": {"step": "expect sessions", "observed": "0 sessions"},
}


class Hasty(Forwarder):
    @override
    def give_up(self, pending: Pending) -> None:
        super().give_up(pending)
        if self.session and not self.pending:
            self.session.abort()


class Faulty(Tunnel):
    @override
    def new_forwarder(self, listener: Listener, io_loop: IoLoop) -> Forwarder:
        return Hasty(listener, self.profile.target, self.profile.timeouts.open, io_loop, self.note)


if __name__ == "__main__":
    serve(Faulty, "ends_its_session_for_a_silent_target")
