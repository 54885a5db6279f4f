"""Goes on to double its delays, however long a session lasted between two outages (t8y2/dbx#517)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.life.backoff import Backoff

REJECTED_BY = {
    "reconnect/delays_begin_anew": {
        "step": "expect attempts",
        "expected": "1 new connections at to-bastion within 4s",
        "observed": "0 new",
    },
}


class Grudging(Backoff):
    @override
    def session_lived(self, seconds: float) -> None:
        del seconds


class Faulty(Tunnel):
    parts = Parts(backoff=Grudging)


if __name__ == "__main__":
    serve(Faulty, "never_begins_its_delays_anew")
