"""Waits for a last answer of the server before it stops (class STOP-1)."""

from __future__ import annotations

import time

from typing_extensions import override

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve

REJECTED_BY = {
    "jump/stopped_with_a_frozen_hop[bastion1]": {"step": "close", "observed": "no answer by then"},
    "jump/stopped_with_a_frozen_hop[bastion2]": {"step": "close", "observed": "no answer by then"},
    "shutdown/stop_with_frozen_peer": {"step": "close", "observed": "no answer by then"},
}


class Faulty(Tunnel):
    @override
    def close(self) -> None:
        session = self.chain.final if self.chain and self.status().state == "connected" else None
        if session:
            before = session.heard()
            session.probe()
            while session.heard() == before and not session.ended:
                time.sleep(0.05)
        super().close()


if __name__ == "__main__":
    serve(Faulty, "says_goodbye_to_a_frozen_server")
