"""Waits for its next attempt by looking at the clock all the time (class LIV-13)."""

from __future__ import annotations

import time

from typing_extensions import override

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.cancellation import Cancellation
from tunnel_impl.profile import Profile
from tunnel_impl.questions import Ask
from tunnel_impl.status import OnState

REJECTED_BY = {
    "liveness/processor_time[cut]": {
        "step": "expect cpu_below",
        "expected": "less than 0.1 s of processor time throughout 1.5 s",
    },
    "jump/processor_time[middle]": {
        "step": "expect cpu_below",
        "expected": "less than 0.1 s of processor time throughout 1.5 s",
    },
}


class Restless(Cancellation):
    @override
    def sleep(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.check()


class Faulty(Tunnel):
    def __init__(self, profile: Profile, ask: Ask, on_state: OnState) -> None:
        super().__init__(profile, ask, on_state)
        self.cancellation = Restless()


if __name__ == "__main__":
    serve(Faulty, "looks_at_the_clock_until_it_may_try_again")
