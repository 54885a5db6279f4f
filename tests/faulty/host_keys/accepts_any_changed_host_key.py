"""Takes a host that has any stored key for a known one (class HOST-1)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.profile import Hop
from tunnel_impl.ssh.session import Session
from tunnel_impl.trust.host_keys import HostKeyChecker
from tunnel_impl.trust.known_hosts import StoredKey

REJECTED_BY = {
    "host_keys/changed_refused": {
        "step": "open",
        "expected": "open to be refused",
        "observed": "open reported success",
    },
}


class Naive(HostKeyChecker):
    @override
    def settle(self, session: Session, hop: Hop, index: int, key: StoredKey, stored: StoredKey | None) -> None:
        if stored is None:
            super().settle(session, hop, index, key, stored)


class Faulty(Tunnel):
    parts = Parts(host_key_checker=Naive)


if __name__ == "__main__":
    serve(Faulty, "accepts_any_changed_host_key")
