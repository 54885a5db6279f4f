"""Waits for its user when it lost its connection while it slept (TablePlus/TablePlus-Windows#397)."""

from __future__ import annotations

import threading
import time

from typing_extensions import override

from tunnel_impl import Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.life.chain import Chain
from tunnel_impl.profile import Profile
from tunnel_impl.questions import Ask
from tunnel_impl.status import OnState

REJECTED_BY = {
    "liveness/slept_through_the_end": {"step": "works_again", "expected": "a client to be served again within 5 s"},
}

TICK = 0.2
SLEPT = 1.5


class Faulty(Tunnel):
    slept = False

    def __init__(self, profile: Profile, ask: Ask, on_state: OnState) -> None:
        super().__init__(profile, ask, on_state)
        self.ticked = time.monotonic()
        threading.Thread(target=self.tick, name="tick", daemon=True).start()

    def tick(self) -> None:
        while not self.cancellation:
            self.slept |= time.monotonic() - self.ticked > SLEPT
            self.ticked = time.monotonic()
            time.sleep(TICK)

    @override
    def recover(self, loss: TunnelError) -> Chain:
        if self.slept or time.monotonic() - self.ticked > SLEPT:
            self.cancellation.sleep(3600)
        return super().recover(loss)


if __name__ == "__main__":
    serve(Faulty, "leaves_what_it_lost_in_its_sleep_to_its_user")
