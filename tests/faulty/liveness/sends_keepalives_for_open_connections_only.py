"""Sends keep-alives only while connections are open (dbeaver/dbeaver#34172)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.clock import now
from tunnel_impl.ssh.session import Session

REJECTED_BY = {
    "liveness/forgetful_middlebox": {"step": "echo", "expected": "an echo within 2.5 s", "observed": "0 of"},
}


class Drowsy(Session):
    @override
    def probe(self) -> None:
        if self.own_channels:
            super().probe()
        else:
            self.wire.heard = now()


class Faulty(Tunnel):
    parts = Parts(session=Drowsy)


if __name__ == "__main__":
    serve(Faulty, "sends_keepalives_for_open_connections_only")
