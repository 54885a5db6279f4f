"""Halves intervals of more than a second, to be on the safe side (class LIV-2)."""

from __future__ import annotations

from dataclasses import replace

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.life.watchdog import Peer, Watchdog
from tunnel_impl.profile import KeepAlive

REJECTED_BY = {
    "liveness/keepalive_on_the_wire[10-seconds]": {
        "step": "expect keepalive",
        "observed": "1 of the 1 messages of the idle client answered over to-bastion already after",
    },
}


class Eager(Watchdog):
    def __init__(self, keepalive: KeepAlive, peer: Peer) -> None:
        super().__init__(replace(keepalive, interval=max(min(1, keepalive.interval), keepalive.interval / 2)), peer)


class Faulty(Tunnel):
    parts = Parts(watchdog=Eager)


if __name__ == "__main__":
    serve(Faulty, "sends_keepalives_at_half_the_interval")
