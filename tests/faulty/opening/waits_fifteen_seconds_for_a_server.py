"""Gives a server up after 15 s, although its profile allows it more."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.io_loop import IoLoop
from tunnel_impl.life.chain import Chain

REJECTED_BY = {
    "opening/slow_server[banner]": {"step": "open", "observed": "timeout"},
    "opening/slow_server[key-exchange]": {"step": "open", "observed": "timeout"},
    "opening/slow_server[login]": {"step": "open", "observed": "timeout"},
    "opening/slow_server[each-stage]": {"step": "open", "observed": "timeout"},
}

_LIMIT = 15.0


class Hurried(Chain):
    @override
    def time_left(self) -> float:
        return max(0.0, min(self.timeout, _LIMIT) - self.spent)


class Faulty(Tunnel):
    @override
    def new_chain(self, io_loop: IoLoop) -> Chain:
        return Hurried(self.profile, self.parts, self.questioner, self.cancellation, io_loop, self.codes)


if __name__ == "__main__":
    serve(Faulty, "waits_fifteen_seconds_for_a_server")
