"""Lets two reconnections run and forgets the session of one (BetterDB-inc/monitor#409, t8y2/dbx#891)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.life.chain import Chain

REJECTED_BY = {
    "reconnect/server_restarted": {"step": "expect sessions", "observed": "2 sessions"},
    "liveness/dropbear[restarted]": {"step": "expect sessions", "observed": "2 sessions"},
}


class Faulty(Tunnel):
    twin: Chain | None = None

    @override
    def connect(self) -> Chain:
        if self.forwarder:
            self.twin = super().connect()
        return super().connect()


if __name__ == "__main__":
    serve(Faulty, "reconnects_twice_at_once")
