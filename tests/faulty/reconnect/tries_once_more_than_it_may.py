"""Tries to reconnect once more than its profile says (class REC-7)."""

from __future__ import annotations

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.life.backoff import Backoff
from tunnel_impl.profile import Reconnect

REJECTED_BY = {
    "reconnect/attempts[three]": {
        "step": "expect attempts",
        "expected": "0 new connections at to-bastion throughout 3 s",
        "observed": "1 new",
    },
    "reconnect/attempts[one]": {
        "step": "expect attempts",
        "expected": "0 new connections at to-bastion throughout 3 s",
        "observed": "1 new",
    },
    "reconnect/attempts[none]": {"step": "expect attempts", "observed": "1 new"},
}


class Miscounting(Backoff):
    def __init__(self, reconnect: Reconnect) -> None:
        attempts = reconnect.attempts + 1
        super().__init__(Reconnect(attempts, reconnect.first_delay, reconnect.max_delay))


class Faulty(Tunnel):
    parts = Parts(backoff=Miscounting)


if __name__ == "__main__":
    serve(Faulty, "tries_once_more_than_it_may")
