"""Takes a client's reset for an error of the whole session (agebrock/tunnel-ssh#24)."""

from __future__ import annotations

from typing import cast

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.pump import Pump
from tunnel_impl.ssh.session import Session

REJECTED_BY = {
    "data/client_reset": {"step": "expect connections", "observed": "1 of 1 connections closed"},
}


class Fragile(Pump):
    @override
    def end(self) -> None:
        super().end()
        cast("Session", self.channel.carrier).end()


class Faulty(Tunnel):
    parts = Parts(pump=Fragile)


if __name__ == "__main__":
    serve(Faulty, "ends_the_session_when_a_client_resets")
