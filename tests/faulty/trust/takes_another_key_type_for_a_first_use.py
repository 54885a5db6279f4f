"""Looks for a stored key of the shown type, and takes a host without one for a new one (class HOST-4)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.profile import Hop
from tunnel_impl.ssh.session import Session
from tunnel_impl.trust.host_keys import HostKeyChecker
from tunnel_impl.trust.known_hosts import StoredKey

REJECTED_BY = {
    "trust/another_type": {"step": "open", "expected": "open to be refused", "observed": "open reported success"},
}


class Narrow(HostKeyChecker):
    @override
    def settle(self, session: Session, hop: Hop, index: int, key: StoredKey, stored: StoredKey | None) -> None:
        super().settle(session, hop, index, key, stored if stored and stored.type == key.type else None)


class Faulty(Tunnel):
    parts = Parts(host_key_checker=Narrow)


if __name__ == "__main__":
    serve(Faulty, "takes_another_key_type_for_a_first_use")
