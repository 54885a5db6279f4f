"""Adds an accepted new host key and goes on to trust the one it replaces."""

from __future__ import annotations

from base64 import b64encode

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.profile import Hop
from tunnel_impl.ssh.session import Session
from tunnel_impl.trust.host_keys import HostKeyChecker
from tunnel_impl.trust.known_hosts import StoredKey, entry_name

REJECTED_BY = {
    "host_keys/changed_accepted": {"step": "expect stored", "observed": "1 of 2 stored keys are current"},
}


class Hoarder(HostKeyChecker):
    @override
    def settle(self, session: Session, hop: Hop, index: int, key: StoredKey, stored: StoredKey | None) -> None:
        super().settle(session, hop, index, key, stored)
        if stored:
            with self.policy.file.open("a") as file:
                file.write(f"{entry_name(hop.host, hop.port)} {stored.type} {b64encode(stored.blob).decode()}\n")


class Faulty(Tunnel):
    parts = Parts(host_key_checker=Hoarder)


if __name__ == "__main__":
    serve(Faulty, "adds_the_changed_key_beside_the_old_one")
