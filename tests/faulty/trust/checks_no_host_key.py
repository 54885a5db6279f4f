"""Trusts every host key."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.profile import Hop
from tunnel_impl.ssh.session import Session
from tunnel_impl.trust.host_keys import HostKeyChecker

REJECTED_BY = {
    "trust/known_lines_still_checked[plain]": {"step": "open", "observed": "open reported success"},
    "trust/known_lines_still_checked[hashed]": {"step": "open", "observed": "open reported success"},
    "trust/added_type[ed25519-beside-rsa]": {
        "step": "open",
        "expected": "open to be refused",
        "observed": "open reported success",
    },
    "trust/stored_type_preferred[rsa]": {
        "step": "open",
        "expected": "open to be refused",
        "observed": "open reported success",
    },
    "trust/store_lines[hashed]": {
        "step": "open",
        "expected": "open to be refused",
        "observed": "open reported success",
    },
    "trust/other_store_lines[among-other-names]": {
        "step": "open",
        "expected": "open to be refused",
        "observed": "open reported success",
    },
    "trust/host_certificate_refused[of-a-revoked-authority]": {"step": "open", "observed": "open reported success"},
}


class Wrong(HostKeyChecker):
    @override
    def check(self, session: Session, hop: Hop, index: int) -> None:
        pass


class Faulty(Tunnel):
    parts = Parts(host_key_checker=Wrong)


if __name__ == "__main__":
    serve(Faulty, "checks_no_host_key")
