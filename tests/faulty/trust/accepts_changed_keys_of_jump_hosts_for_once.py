"""Asks about the changed key of a jump host and does not store what its user accepts."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.profile import Hop
from tunnel_impl.ssh.session import Session
from tunnel_impl.trust.host_keys import HostKeyChecker
from tunnel_impl.trust.known_hosts import StoredKey

REJECTED_BY = {
    "trust/changed_accepted_at_each_hop[bastion1]": {"step": "expect stored", "observed": "stored keys are current"},
}


class Forgetful(HostKeyChecker):
    @override
    def settle(self, session: Session, hop: Hop, index: int, key: StoredKey, stored: StoredKey | None) -> None:
        if index or stored is None:
            super().settle(session, hop, index, key, stored)
        elif self.questioner.put(self.question(hop, index, key, stored), session) != "accept":
            raise self.refusal(hop, index, key, stored)


class Faulty(Tunnel):
    parts = Parts(host_key_checker=Forgetful)


if __name__ == "__main__":
    serve(Faulty, "accepts_changed_keys_of_jump_hosts_for_once")
