"""Takes 0 attempts to reconnect for a number that was not said (class REC-7)."""

from __future__ import annotations

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.life.backoff import Backoff
from tunnel_impl.profile import Reconnect

REJECTED_BY = {
    "reconnect/attempts[none]": {"step": "expect attempts", "observed": "1 new"},
}


class Miscounting(Backoff):
    def __init__(self, reconnect: Reconnect) -> None:
        attempts = reconnect.attempts or 10
        super().__init__(Reconnect(attempts, reconnect.first_delay, reconnect.max_delay))


class Faulty(Tunnel):
    parts = Parts(backoff=Miscounting)


if __name__ == "__main__":
    serve(Faulty, "takes_no_attempts_for_the_default")
