"""Declares a silent session dead in time, and leaves its clients waiting (ryantsai/KKTerm#294)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.pump import Pump
from tunnel_impl.ssh.channel import Phase

REJECTED_BY = {
    "liveness/silent_link": {"step": "expect connections", "observed": "0 of 2 connections closed"},
}


class Loyal(Pump):
    @override
    def step(self) -> None:
        if self.channel.phase is not Phase.LOST:
            super().step()


class Faulty(Tunnel):
    parts = Parts(pump=Loyal)


if __name__ == "__main__":
    serve(Faulty, "keeps_clients_of_a_dead_session")
