"""Gives a silent server up in time, but sends all its keep-alives when the first is due (Eugeny/russh#214)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.life.watchdog import Watchdog

REJECTED_BY = {
    "liveness/probes_apart": {"step": "expect probes", "expected": "2 messages, at least 2.4 s apart"},
}


class Hasty(Watchdog):
    @override
    def check(self) -> bool:
        before = self.unanswered
        alive = super().check()
        if before == 0 and self.unanswered == 1:
            for _ in range(self.count - 1):
                self.peer.probe()
            self.unanswered = self.count
            self.due += self.interval * (self.count - 1)
        return alive


class Faulty(Tunnel):
    parts = Parts(watchdog=Hasty)


if __name__ == "__main__":
    serve(Faulty, "sends_all_keepalives_of_a_silence_at_once")
