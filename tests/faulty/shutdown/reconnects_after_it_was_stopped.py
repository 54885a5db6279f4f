"""Does not cancel the timer of its next attempt when it is stopped while it reconnects (class REC-8)."""

from __future__ import annotations

import threading

from typing_extensions import override

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve

REJECTED_BY = {
    "shutdown/stop_while_reconnecting[between-attempts]": {"step": "expect attempts", "observed": "1 new connections"},
}


class Faulty(Tunnel):
    @override
    def close(self) -> None:
        if self.status().state == "reconnecting":
            timer = threading.Timer(3 * self.profile.reconnect.first_delay, Tunnel(self.profile).open)
            timer.daemon = True
            timer.start()
        super().close()


if __name__ == "__main__":
    serve(Faulty, "reconnects_after_it_was_stopped")
