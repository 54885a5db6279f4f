"""Sends keep-alives while it waits for its first connection, and none beside open ones (class LIV-1)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.clock import now
from tunnel_impl.ssh.session import Session

REJECTED_BY = {
    "liveness/forgetful_middlebox": {"step": "echo", "expected": "an echo within 2.5 s", "observed": "0 of"},
}


class Relieved(Session):
    @override
    def probe(self) -> None:
        if not self.own_channels:
            super().probe()
        else:
            self.wire.heard = now()


class Faulty(Tunnel):
    parts = Parts(session=Relieved)


if __name__ == "__main__":
    serve(Faulty, "keeps_only_unused_tunnels_alive")
