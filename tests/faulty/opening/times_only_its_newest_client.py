"""Has one clock for all clients that wait for the target, and winds it up for each new one (mscdex/ssh2#682)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.forwarder import Forwarder, Pending
from tunnel_impl.forwarding.io_loop import IoLoop
from tunnel_impl.forwarding.listener import Listener

REJECTED_BY = {
    "opening/target_silent": {"step": "expect connections", "observed": "1 of 3 connections closed"},
}


class OneClock(Forwarder):
    newest: Pending | None = None

    @override
    def wait(self, pending: Pending) -> None:
        self.newest = pending
        super().wait(pending)

    @override
    def give_up(self, pending: Pending) -> None:
        if pending is self.newest:
            super().give_up(pending)


class Faulty(Tunnel):
    @override
    def new_forwarder(self, listener: Listener, io_loop: IoLoop) -> Forwarder:
        return OneClock(listener, self.profile.target, self.profile.timeouts.open, io_loop, self.note)


if __name__ == "__main__":
    serve(Faulty, "times_only_its_newest_client")
