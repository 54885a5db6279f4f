"""Gives a silent server up one keep-alive later than its profile says (ssh_config(5), ServerAliveCountMax)."""

from __future__ import annotations

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.life.watchdog import Peer, Watchdog
from tunnel_impl.profile import KeepAlive

REJECTED_BY = {
    "liveness/one_probe": {"step": "expect connections", "observed": "0 of 1 connections closed"},
    "liveness/default_count": {"step": "expect unanswered", "observed": "4 messages without an answer"},
}


class Generous(Watchdog):
    def __init__(self, keepalive: KeepAlive, peer: Peer) -> None:
        super().__init__(KeepAlive(keepalive.interval, keepalive.count + 1), peer)


class Faulty(Tunnel):
    parts = Parts(watchdog=Generous)


if __name__ == "__main__":
    serve(Faulty, "allows_one_probe_more_than_it_should")
