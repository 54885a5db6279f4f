"""Opens the next channel when the one before it was answered or given up (warp-tech/warpgate#2498)."""

from __future__ import annotations

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.forwarder import Forwarder, _Pending
from tunnel_impl.forwarding.listener import Listener
from tunnel_impl.forwarding.relay import Relay

REJECTED_BY = {
    "data/opened_over_a_long_line": "expected an echo within 5 s; observed 0 of 64 bytes came back",
    "data/stuck_neighbours[given-up]": "expected the held connections to be closed within 5s; observed",
}


class Orderly(Forwarder):
    turn: _Pending | None = None

    def _wait(self, pending: _Pending) -> None:
        if self.turn in {None, pending}:
            super()._wait(pending)

    def _open(self, pending: _Pending) -> None:
        if self.turn in {None, pending}:
            self.turn = pending
            super()._open(pending)

    def _settle(self, pending: _Pending) -> None:
        super()._settle(pending)
        self.go_on()

    def _give_up(self, pending: _Pending) -> None:
        super()._give_up(pending)
        self.go_on()

    def go_on(self) -> None:
        if self.turn not in self._pending:
            self.turn = None
            for one in tuple(self._pending)[:1]:
                self._open(one)


class Faulty(Tunnel):
    def _new_forwarder(self, listener: Listener, relay: Relay) -> Forwarder:
        return Orderly(listener, self.profile.target, self.profile.timeouts.open, relay, self._note)


if __name__ == "__main__":
    serve(Faulty, "opens_channels_one_after_the_other")
