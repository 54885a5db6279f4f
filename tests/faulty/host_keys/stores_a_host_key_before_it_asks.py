"""Stores a host key first and asks then; a refusal comes too late."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.profile import Hop
from tunnel_impl.ssh.session import Session
from tunnel_impl.trust.host_keys import HostKeyChecker
from tunnel_impl.trust.known_hosts import StoredKey

REJECTED_BY = {
    "host_keys/changed_refused": {"step": "expect stored", "observed": "the store was changed"},
    "host_keys/unknown_refused": {"step": "expect stored", "observed": "the store was changed"},
}


class Hasty(HostKeyChecker):
    @override
    def settle(self, session: Session, hop: Hop, index: int, key: StoredKey, stored: StoredKey | None) -> None:
        self.known_hosts.store(hop.host, hop.port, key)
        super().settle(session, hop, index, key, stored)


class Faulty(Tunnel):
    parts = Parts(host_key_checker=Hasty)


if __name__ == "__main__":
    serve(Faulty, "stores_a_host_key_before_it_asks")
