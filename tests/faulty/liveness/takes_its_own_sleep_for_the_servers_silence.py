"""Counts the time that it slept itself as silence of the server (TabularisDB/tabularis#190)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.clock import now
from tunnel_impl.life.watchdog import Watchdog

REJECTED_BY = {
    "liveness/short_sleep": {"step": "expect connections", "observed": "1 of 1 connections closed"},
}


class Literal(Watchdog):
    @override
    def check(self) -> bool:
        self.listen()
        if now() - self.heard > self.interval * (self.count + 1):
            return False
        return super().check()


class Faulty(Tunnel):
    parts = Parts(watchdog=Literal)


if __name__ == "__main__":
    serve(Faulty, "takes_its_own_sleep_for_the_servers_silence")
