"""Does not tell a client that the target closed its connection (VoltiusApp/voltius#276, hierynomus/sshj#686)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.pump import Pump

REJECTED_BY = {
    "data/target_closes": {"step": "expect connections", "observed": "0 of 3 connections closed"},
}


class Silent(Pump):
    @override
    def on_remote_eof(self) -> None:
        """Tell nobody."""

    @override
    def finish(self) -> None:
        """Keep the client."""


class Faulty(Tunnel):
    parts = Parts(pump=Silent)


if __name__ == "__main__":
    serve(Faulty, "keeps_clients_that_the_target_has_left")
