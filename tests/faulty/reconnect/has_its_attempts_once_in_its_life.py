"""Counts the attempts of all outages together, and gives up when they are used up (class REC-7)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.life.backoff import Backoff

REJECTED_BY = {
    "reconnect/third_outage": {"step": "works_again", "expected": "a client to be served again within 6 s"},
}


class Exhaustible(Backoff):
    used: ClassVar[int] = 0

    @override
    def delays(self) -> Iterator[float]:
        for delay in super().delays():
            if Exhaustible.used == self.reconnect.attempts:
                return
            Exhaustible.used += 1
            yield delay


class Faulty(Tunnel):
    parts = Parts(backoff=Exhaustible)


if __name__ == "__main__":
    serve(Faulty, "has_its_attempts_once_in_its_life")
