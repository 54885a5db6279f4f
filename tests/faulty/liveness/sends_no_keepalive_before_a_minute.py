"""Keeps to its default interval whatever the profile says (dbeaver/cloudbeaver#1657, TablePlus/TablePlus#895)."""

from __future__ import annotations

from dataclasses import replace

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.life.watchdog import Peer, Watchdog
from tunnel_impl.profile import KeepAlive

REJECTED_BY = {
    "liveness/keepalive_on_the_wire[1-second]": {"step": "expect keepalive", "observed": "0 of the 0 messages"},
}


class Fixed(Watchdog):
    def __init__(self, keepalive: KeepAlive, peer: Peer) -> None:
        super().__init__(replace(keepalive, interval=60), peer)


class Faulty(Tunnel):
    parts = Parts(watchdog=Fixed)


if __name__ == "__main__":
    serve(Faulty, "sends_no_keepalive_before_a_minute")
