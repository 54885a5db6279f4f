"""Begins its delays anew whenever it got in, although the server ends each session soon (t8y2/dbx#517)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.life.backoff import Backoff

REJECTED_BY = {
    "reconnect/ended_at_once": {"step": "expect gaps", "observed": "2 connections"},
}


class Hopeful(Backoff):
    @override
    def session_lived(self, seconds: float) -> None:
        del seconds
        self.next_delay = self.reconnect.first_delay


class Faulty(Tunnel):
    parts = Parts(backoff=Hopeful)


if __name__ == "__main__":
    serve(Faulty, "begins_its_delays_anew_after_each_login")
