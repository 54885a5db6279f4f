"""Makes a session for each client that found none, and keeps them all (BetterDB-inc/monitor#409)."""

from __future__ import annotations

from typing import ClassVar

from typing_extensions import override

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.life.chain import Chain

REJECTED_BY = {
    "reconnect/one_for_all_clients": {
        "step": "expect sessions",
        "expected": "1 SSH sessions at the bastion within 8s",
        "observed": "1",
    },
}


class Faulty(Tunnel):
    spare: ClassVar[list[Chain]] = []

    @override
    def connect(self) -> Chain:
        chain = super().connect()
        for _ in self.forwarder.pending if self.forwarder else ():
            self.spare.append(super().connect())
        self.chain = chain
        return chain


if __name__ == "__main__":
    serve(Faulty, "rebuilds_the_session_for_each_client_that_waits")
