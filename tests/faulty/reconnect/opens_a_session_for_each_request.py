"""Makes a session for each request, also when the tunnel is open, and keeps them all (BetterDB-inc/monitor#409)."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from typing_extensions import override

from tunnel_impl import Endpoint, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.listener import Listener
from tunnel_impl.life.chain import Chain

REJECTED_BY = {
    "reconnect/asked_for_many_times": {"step": "expect sessions", "expected": "1 SSH sessions at the bastion "},
}


class Faulty(Tunnel):
    before: ClassVar[list[Chain]] = []

    @override
    def open(self, listen: Callable[[], Listener] | None = None) -> Endpoint:
        endpoint = self.status().endpoint
        if endpoint and self.forwarder:
            self.before.append(self.connect())
            return endpoint
        return super().open(listen)


if __name__ == "__main__":
    serve(Faulty, "opens_a_session_for_each_request")
