"""Answers ``status`` only after the server has answered a probe (gluk-w/claworc#213)."""

from __future__ import annotations

import time

from typing_extensions import override

from tunnel_impl import Status, Tunnel
from tunnel_impl.adapter import serve

REJECTED_BY = {
    "liveness/status_while_frozen": {"step": "expect state", "observed": "no answer"},
}


class Faulty(Tunnel):
    @override
    def status(self) -> Status:
        status, chain = super().status(), self.chain
        if chain and status.state == "connected":
            before = chain.final.heard()
            chain.final.probe()
            while chain.final.heard() == before and not chain.ended:
                time.sleep(0.05)
        return status


if __name__ == "__main__":
    serve(Faulty, "asks_the_server_for_its_status")
