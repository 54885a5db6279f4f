"""Sends all its keep-alives at once when one is due, and so waits one interval only (Eugeny/russh#214)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.clock import now
from tunnel_impl.life.watchdog import Watchdog

REJECTED_BY = {
    "liveness/frozen_server": {"step": "expect connections", "observed": "2 of 2 connections closed already after"},
    "liveness/short_silence": {
        "step": "expect connections",
        "expected": "throughout 3.5 s",
        "observed": "1 of 1 connections closed",
    },
}


class Impatient(Watchdog):
    @override
    def check(self) -> bool:
        alive = super().check()
        if self.unanswered:
            self.due = min(self.due, now() + 0.1)
        return alive


class Faulty(Tunnel):
    parts = Parts(watchdog=Impatient)


if __name__ == "__main__":
    serve(Faulty, "exhausts_the_count_in_one_burst")
