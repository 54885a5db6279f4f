"""Trusts whatever key a jump host shows once the tunnel has been open."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.profile import Hop
from tunnel_impl.ssh.session import Session
from tunnel_impl.trust.host_keys import HostKeyChecker

REJECTED_BY = {
    "trust/changed_at_a_reconnect[bastion1]": {
        "step": "expect sessions",
        "expected": "0 SSH sessions at the bastion throughout 3 s",
        "observed": "1 sessions at bastion1",
    },
}


class Wrong(HostKeyChecker):
    seen: set[str] = set()

    @override
    def check(self, session: Session, hop: Hop, index: int) -> None:
        if index > 0 or str(hop) not in self.seen:
            super().check(session, hop, index)
        self.seen.add(str(hop))


class Faulty(Tunnel):
    parts = Parts(host_key_checker=Wrong)


if __name__ == "__main__":
    serve(Faulty, "trusts_jump_hosts_at_a_reconnect")
