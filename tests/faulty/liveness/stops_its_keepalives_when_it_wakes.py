"""Does not arm the timer of its keep-alives again when it missed one while it slept (TableProApp/TablePro#739)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.clock import now
from tunnel_impl.life.watchdog import Watchdog

REJECTED_BY = {
    "liveness/woken_without_a_network": {"step": "expect connections", "observed": "0 of 1 connections closed"},
}


class Sleepy(Watchdog):
    @override
    def check(self) -> bool:
        if self.interval and now() - self.due > self.interval:
            self.interval = 0
        return super().check()


class Faulty(Tunnel):
    parts = Parts(watchdog=Sleepy)


if __name__ == "__main__":
    serve(Faulty, "stops_its_keepalives_when_it_wakes")
