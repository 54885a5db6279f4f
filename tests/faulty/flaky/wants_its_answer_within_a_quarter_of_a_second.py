"""Gives a server up that takes longer than 0.25 s to answer one keep-alive (class LIV-6)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.clock import now
from tunnel_impl.life.watchdog import Watchdog

REJECTED_BY = {
    "flaky/latency": {"step": "expect connections", "observed": "1 of 1 connections closed"},
}

PATIENCE = 0.25


class Impatient(Watchdog):
    asked: float | None = None

    @override
    def check(self) -> bool:
        alive = super().check()
        if not self.unanswered:
            self.asked = None
        elif self.asked is None:
            self.asked = now()
        return alive and (self.asked is None or now() - self.asked < PATIENCE)

    @override
    def pause(self) -> float | None:
        usual = super().pause()
        return PATIENCE if self.asked is not None and (usual is None or usual > PATIENCE) else usual


class Faulty(Tunnel):
    parts = Parts(watchdog=Impatient)


if __name__ == "__main__":
    serve(Faulty, "wants_its_answer_within_a_quarter_of_a_second")
