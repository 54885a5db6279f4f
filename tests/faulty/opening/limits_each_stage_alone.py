"""Gives each stage of reaching a server and logging in the whole of the profile's time, so that they add up."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.io_loop import IoLoop
from tunnel_impl.life.chain import Chain

REJECTED_BY = {
    "opening/slow_at_two_stages[banner-and-key-exchange]": {"step": "open", "observed": "open reported success"},
    "opening/slow_at_two_stages[banner-and-login]": {"step": "open", "observed": "open reported success"},
    "opening/slow_at_two_stages[key-exchange-and-login]": {"step": "open", "observed": "open reported success"},
}


class Generous(Chain):
    @override
    def time_left(self) -> float:
        return self.timeout


class Faulty(Tunnel):
    @override
    def new_chain(self, io_loop: IoLoop) -> Chain:
        return Generous(self.profile, self.parts, self.questioner, self.cancellation, io_loop, self.codes)


if __name__ == "__main__":
    serve(Faulty, "limits_each_stage_alone")
