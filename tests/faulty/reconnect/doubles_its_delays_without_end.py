"""Has no maximum delay, so that a server that was away for long is found much later (class REC-7)."""

from __future__ import annotations

import math
from dataclasses import replace

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.life.backoff import Backoff
from tunnel_impl.profile import Reconnect

REJECTED_BY = {
    "reconnect/growing_gaps": {"step": "expect gaps", "observed": "4 connections"},
}


class Endless(Backoff):
    def __init__(self, reconnect: Reconnect) -> None:
        super().__init__(replace(reconnect, max_delay=math.inf))


class Faulty(Tunnel):
    parts = Parts(backoff=Endless)


if __name__ == "__main__":
    serve(Faulty, "doubles_its_delays_without_end")
