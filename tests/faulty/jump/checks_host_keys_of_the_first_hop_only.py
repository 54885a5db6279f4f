"""Checks who the first server is, and believes every server behind it (class HOST-5)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.profile import Hop
from tunnel_impl.ssh.session import Session
from tunnel_impl.trust.host_keys import HostKeyChecker

REJECTED_BY = {
    "jump/changed_key_at_a_hop[second-hop]": {
        "step": "open",
        "expected": "open to be refused",
        "observed": "open reported success",
    },
}


class Trusting(HostKeyChecker):
    @override
    def check(self, session: Session, hop: Hop, index: int) -> None:
        if index == 0:
            super().check(session, hop, index)


class Faulty(Tunnel):
    parts = Parts(host_key_checker=Trusting)


if __name__ == "__main__":
    serve(Faulty, "checks_host_keys_of_the_first_hop_only")
