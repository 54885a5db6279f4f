"""Waits the first delay before every attempt, as if max_delay had not been said (FootprintAI/Containarium#933)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import repeat

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.life.backoff import Backoff

REJECTED_BY = {
    "reconnect/growing_gaps": {"step": "expect gaps", "observed": "4 connections"},
}


class Steady(Backoff):
    @override
    def delays(self) -> Iterator[float]:
        return repeat(self.reconnect.first_delay, self.reconnect.attempts)


class Faulty(Tunnel):
    parts = Parts(backoff=Steady)


if __name__ == "__main__":
    serve(Faulty, "waits_the_same_time_before_each_attempt")
