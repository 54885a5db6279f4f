"""Raises an interval of 0, which turns keep-alives off, to the smallest that it knows (TablePlus/TablePlus#895)."""

from __future__ import annotations

from dataclasses import replace

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.life.watchdog import Peer, Watchdog
from tunnel_impl.profile import KeepAlive

REJECTED_BY = {
    "liveness/keepalive_off[for-a-moment]": {
        "step": "expect sent",
        "expected": "nothing to be sent over to-bastion throughout 2 s",
    },
}


class Bounded(Watchdog):
    def __init__(self, keepalive: KeepAlive, peer: Peer) -> None:
        super().__init__(replace(keepalive, interval=max(1.0, keepalive.interval)), peer)


class Faulty(Tunnel):
    parts = Parts(watchdog=Bounded)


if __name__ == "__main__":
    serve(Faulty, "takes_no_keepalives_for_one_a_second")
