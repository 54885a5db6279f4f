"""Does not begin its count anew with a new session, which ends at its first idle interval (class LIV-6)."""

from __future__ import annotations

from typing import ClassVar

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.clock import now
from tunnel_impl.life.watchdog import Watchdog

REJECTED_BY = {
    "liveness/counts_anew[silent-link]": {
        "step": "expect connections",
        "expected": "the held connections to be open throughout 3.5 s",
    },
    "liveness/counts_anew[frozen-server]": {
        "step": "expect connections",
        "expected": "the held connections to be open throughout 3.5 s",
    },
}


class Unforgiving(Watchdog):
    lost: ClassVar[bool] = False

    @override
    def check(self) -> bool:
        if self.lost and now() - self.peer.heard() > 0.9 * self.interval:
            return False
        alive = super().check()
        if not alive:
            Unforgiving.lost = True
        return alive


class Faulty(Tunnel):
    parts = Parts(watchdog=Unforgiving)


if __name__ == "__main__":
    serve(Faulty, "counts_the_probes_of_a_lost_session")
