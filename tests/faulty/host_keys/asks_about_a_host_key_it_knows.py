"""Asks about the host key at each connection, stored or not."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.profile import Hop
from tunnel_impl.ssh.session import Session
from tunnel_impl.trust.host_keys import HostKeyChecker

REJECTED_BY = {
    "host_keys/unknown_accepted": {
        "step": "expect asked",
        "expected": "no question about host keys within 2s",
        "observed": "1 questions",
    },
    "host_keys/dropbear[unknown]": {
        "step": "expect asked",
        "expected": "no question about host keys within 2s",
        "observed": "1 questions",
    },
}


class Anxious(HostKeyChecker):
    @override
    def check(self, session: Session, hop: Hop, index: int) -> None:
        self.settle(session, hop, index, session.host_key_seen(), None)


class Faulty(Tunnel):
    parts = Parts(host_key_checker=Anxious)


if __name__ == "__main__":
    serve(Faulty, "asks_about_a_host_key_it_knows")
