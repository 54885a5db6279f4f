"""Sends a keep-alive after the first interval, and none once that was answered (dbeaver/cloudbeaver#1657)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.life.watchdog import Watchdog

REJECTED_BY = {
    "liveness/every_interval": {"step": "expect probes", "observed": "1 messages"},
}


class Content(Watchdog):
    @override
    def listen(self) -> None:
        asked = self.unanswered
        super().listen()
        if asked and not self.unanswered:
            self.due += 3600


class Faulty(Tunnel):
    parts = Parts(watchdog=Content)


if __name__ == "__main__":
    serve(Faulty, "stops_its_keepalives_at_the_first_answer")
