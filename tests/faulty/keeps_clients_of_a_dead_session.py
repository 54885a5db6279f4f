"""Declares a silent session dead in time, and leaves its clients waiting (ryantsai/KKTerm#294)."""

from __future__ import annotations

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.channel import Phase
from tunnel_impl.pump import Pump


class Loyal(Pump):
    def step(self) -> None:
        if self.channel.phase is not Phase.LOST:
            super().step()


class Faulty(Tunnel):
    parts = Parts(pump=Loyal)


if __name__ == "__main__":
    serve(Faulty, "keeps_clients_of_a_dead_session")
