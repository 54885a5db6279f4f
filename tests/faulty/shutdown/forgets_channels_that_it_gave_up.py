"""Ends a client whose channel was not opened in time, and leaves the channel when it opens later (mscdex/ssh2#329)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.forwarder import Forwarder, Pending
from tunnel_impl.forwarding.io_loop import IoLoop
from tunnel_impl.forwarding.listener import Listener

REJECTED_BY = {
    "shutdown/answered_too_late": {"step": "expect target_connections", "observed": "5 open connections"},
}


class Forgetful(Forwarder):
    @override
    def drop(self, pending: Pending) -> None:
        pending.channel = None
        super().drop(pending)


class Faulty(Tunnel):
    @override
    def new_forwarder(self, listener: Listener, io_loop: IoLoop) -> Forwarder:
        return Forgetful(listener, self.profile.target, self.profile.timeouts.open, io_loop, self.note)


if __name__ == "__main__":
    serve(Faulty, "forgets_channels_that_it_gave_up")
