"""Waits until the server has taken what is still to be sent before it stops (pahaz/sshtunnel#173)."""

from __future__ import annotations

import time

from typing_extensions import override

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve

REJECTED_BY = {
    "shutdown/stop_with_full_peer": {"step": "close", "observed": "no answer by then"},
}


class Faulty(Tunnel):
    @override
    def close(self) -> None:
        session = self.chain.final if self.chain else None
        while session and session.wire.backlog and not session.ended:
            time.sleep(0.05)
        super().close()


if __name__ == "__main__":
    serve(Faulty, "sends_everything_before_it_stops")
