"""Takes the reset of a client for which data still waited for an error of the session (apache/mina-sshd#45)."""

from __future__ import annotations

from typing import cast

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.pump import Pump
from tunnel_impl.ssh.session import Session

REJECTED_BY = {
    "data/resets_at_every_phase": {"step": "expect connections", "observed": "1 of 1 connections closed"},
}


class Fragile(Pump):
    @override
    def end(self) -> None:
        undelivered = bool(self.channel.received)
        super().end()
        if undelivered:
            cast("Session", self.channel.carrier).end()


class Faulty(Tunnel):
    parts = Parts(pump=Fragile)


if __name__ == "__main__":
    serve(Faulty, "ends_the_session_when_data_is_not_delivered")
