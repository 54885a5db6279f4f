"""Takes an interval of 0 for one that was not said (dbeaver/cloudbeaver#1657)."""

from __future__ import annotations

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.life.watchdog import Peer, Watchdog
from tunnel_impl.profile import KeepAlive

REJECTED_BY = {
    "liveness/keepalive_off[for-longer-than-the-default]": {
        "step": "expect sent",
        "expected": "nothing to be sent over to-bastion throughout 73 s",
    },
}


class Falsy(Watchdog):
    def __init__(self, keepalive: KeepAlive, peer: Peer) -> None:
        super().__init__(KeepAlive(keepalive.interval or 60, keepalive.count), peer)


class Faulty(Tunnel):
    parts = Parts(watchdog=Falsy)


if __name__ == "__main__":
    serve(Faulty, "takes_no_keepalives_for_the_default")
