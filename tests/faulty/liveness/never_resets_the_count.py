"""Counts the keep-alives it sent, whether they were answered or not (mscdex/ssh2#474)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.life.watchdog import Watchdog

REJECTED_BY = {
    "liveness/short_silence": {
        "step": "expect connections",
        "expected": "throughout 10 s",
        "observed": "1 of 1 connections closed",
    },
}


class Forgetful(Watchdog):
    @override
    def listen(self) -> None:
        unanswered = self.unanswered
        super().listen()
        self.unanswered = unanswered


class Faulty(Tunnel):
    parts = Parts(watchdog=Forgetful)


if __name__ == "__main__":
    serve(Faulty, "never_resets_the_count")
