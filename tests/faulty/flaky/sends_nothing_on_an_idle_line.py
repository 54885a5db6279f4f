"""Leaves keep-alives off, and waits for a silent line as long as it takes (class LIV-3)."""

from __future__ import annotations

from dataclasses import replace

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.life.watchdog import Peer, Watchdog
from tunnel_impl.profile import KeepAlive

REJECTED_BY = {
    "flaky/swallowed": {"step": "expect connections", "observed": "0 of 1 connections closed"},
}


class Silent(Watchdog):
    def __init__(self, keepalive: KeepAlive, peer: Peer) -> None:
        super().__init__(replace(keepalive, interval=0), peer)


class Faulty(Tunnel):
    parts = Parts(watchdog=Silent)


if __name__ == "__main__":
    serve(Faulty, "sends_nothing_on_an_idle_line")
