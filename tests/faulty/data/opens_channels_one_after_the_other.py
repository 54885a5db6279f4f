"""Opens the next channel when the one before it was answered or given up (warp-tech/warpgate#2498)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.forwarder import Forwarder, Pending
from tunnel_impl.forwarding.io_loop import IoLoop
from tunnel_impl.forwarding.listener import Listener

REJECTED_BY = {
    "data/opened_over_a_long_line": {"step": "connect", "observed": "0 of 64 bytes came back"},
    "data/stuck_neighbours[given-up]": {
        "step": "expect connections",
        "expected": "the held connections to be closed within 5s",
    },
}


class Orderly(Forwarder):
    turn: Pending | None = None

    @override
    def wait(self, pending: Pending) -> None:
        if self.turn in {None, pending}:
            super().wait(pending)

    @override
    def open_channel(self, pending: Pending) -> None:
        if self.turn in {None, pending}:
            self.turn = pending
            super().open_channel(pending)

    @override
    def settle(self, pending: Pending) -> None:
        super().settle(pending)
        self.go_on()

    @override
    def give_up(self, pending: Pending) -> None:
        super().give_up(pending)
        self.go_on()

    def go_on(self) -> None:
        if self.turn not in self.pending:
            self.turn = None
            for one in tuple(self.pending)[:1]:
                self.open_channel(one)


class Faulty(Tunnel):
    @override
    def new_forwarder(self, listener: Listener, io_loop: IoLoop) -> Forwarder:
        return Orderly(listener, self.profile.target, self.profile.timeouts.open, io_loop, self.note)


if __name__ == "__main__":
    serve(Faulty, "opens_channels_one_after_the_other")
