"""Tries to reconnect for ever, whatever its profile says (class REC-7)."""

from __future__ import annotations

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.life.backoff import Backoff
from tunnel_impl.profile import Reconnect

REJECTED_BY = {
    "reconnect/attempts[three]": {
        "step": "expect attempts",
        "expected": "0 new connections at to-bastion throughout 3 s",
    },
    "reconnect/attempts[none]": {
        "step": "expect attempts",
        "expected": "0 new connections at to-bastion throughout 3 s",
    },
}


class Miscounting(Backoff):
    def __init__(self, reconnect: Reconnect) -> None:
        attempts = 10**9
        super().__init__(Reconnect(attempts, reconnect.first_delay, reconnect.max_delay))


class Faulty(Tunnel):
    parts = Parts(backoff=Miscounting)


if __name__ == "__main__":
    serve(Faulty, "tries_to_reconnect_without_end")
