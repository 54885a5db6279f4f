"""Checks no host key of a server that has an alias, as where checking by the address would fail."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.profile import Hop
from tunnel_impl.ssh.session import Session
from tunnel_impl.trust.host_keys import HostKeyChecker

REJECTED_BY = {
    "host_keys/alias[another-key-bastion1]": {"step": "open", "observed": "open reported success"},
    "host_keys/alias[another-key-bastion2]": {"step": "open", "observed": "open reported success"},
}


class Trusting(HostKeyChecker):
    @override
    def check(self, session: Session, hop: Hop, index: int) -> None:
        if hop.host_key_alias is None:
            super().check(session, hop, index)


class Faulty(Tunnel):
    parts = Parts(host_key_checker=Trusting)


if __name__ == "__main__":
    serve(Faulty, "takes_an_alias_for_any_key")
