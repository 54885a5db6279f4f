"""Sends a keep-alive after the first interval, and none once that was answered (dbeaver/cloudbeaver#1657)."""

from __future__ import annotations

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.life.watchdog import Watchdog

REJECTED_BY = {
    "liveness/every_interval": "within 7s..12s; observed 1 messages",
}


class Content(Watchdog):
    def _listen(self) -> None:
        asked = self._unanswered
        super()._listen()
        if asked and not self._unanswered:
            self._due += 3600


class Faulty(Tunnel):
    parts = Parts(watchdog=Content)


if __name__ == "__main__":
    serve(Faulty, "stops_its_keepalives_at_the_first_answer")
