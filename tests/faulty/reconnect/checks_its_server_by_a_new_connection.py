"""Takes a server that accepts no new connection for dead, and drops the session that works (class LIV-11)."""

from __future__ import annotations

import socket

from typing_extensions import override

from tunnel_impl import Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.life.chain import Chain

REJECTED_BY = {
    "reconnect/listener_killed": {
        "step": "expect connections",
        "expected": "throughout 2.5 s",
        "observed": "1 of 1 connections closed",
    },
}


class Faulty(Tunnel):
    @override
    def watch(self, chain: Chain) -> TunnelError:
        first = self.profile.hops[0]
        while not chain.ended and not self.cancellation:
            if self.wake.wait(self.profile.keepalive.interval):
                self.wake.clear()
                continue
            try:
                socket.create_connection((first.host, first.port), 1).close()
            except OSError as error:
                return TunnelError("connection-lost", f"{first} does not answer: {error}.", 0)
        return chain.loss()


if __name__ == "__main__":
    serve(Faulty, "checks_its_server_by_a_new_connection")
