"""Looks for revoked keys, exceptions and changes at the last server only."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.profile import Hop
from tunnel_impl.ssh.session import Session
from tunnel_impl.trust.host_keys import HostKeyChecker

REJECTED_BY = {
    "trust/rules_at_each_hop[revoked-bastion1]": {"step": "open", "observed": "open reported success"},
    "trust/rules_at_each_hop[changed-bastion1]": {"step": "open", "observed": "open reported success"},
    "trust/rules_at_each_hop[unknown-bastion1]": {"step": "open", "observed": "open reported success"},
}


class Wrong(HostKeyChecker):
    @override
    def check(self, session: Session, hop: Hop, index: int) -> None:
        if index > 0:
            super().check(session, hop, index)


class Faulty(Tunnel):
    parts = Parts(host_key_checker=Wrong)


if __name__ == "__main__":
    serve(Faulty, "checks_the_rules_of_its_store_at_the_last_hop")
