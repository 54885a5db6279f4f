"""Sends keep-alives and never counts those without a reply (golang/go#19338, shellhub-io/shellhub#6025)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.life.watchdog import Watchdog

REJECTED_BY = {
    "liveness/frozen_server": {"step": "expect connections", "observed": "0 of 2 connections closed"},
    "liveness/silent_link": {"step": "expect connections", "observed": "0 of 2 connections closed"},
    "liveness/dropbear[silent-link]": {"step": "expect connections", "observed": "0 of 2 connections closed"},
    "liveness/dropbear[frozen]": {"step": "expect connections", "observed": "0 of 2 connections closed"},
}


class Credulous(Watchdog):
    @override
    def check(self) -> bool:
        self.unanswered = 0
        return super().check()


class Faulty(Tunnel):
    parts = Parts(watchdog=Credulous)


if __name__ == "__main__":
    serve(Faulty, "believes_a_frozen_server")
