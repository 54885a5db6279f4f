"""Checks and stores the key of a server behind a jump host as localhost's (dbeaver/dbeaver#19854)."""

from __future__ import annotations

from dataclasses import replace

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.profile import Hop
from tunnel_impl.ssh.session import Session
from tunnel_impl.trust.host_keys import HostKeyChecker

REJECTED_BY = {
    "jump/own_names": {
        "step": "expect asked",
        "observed": "it says localhost port 2222, and the profile bastion2.internal port 2222",
    },
}


class Local(HostKeyChecker):
    @override
    def check(self, session: Session, hop: Hop, index: int) -> None:
        super().check(session, replace(hop, host="localhost") if index else hop, index)


class Faulty(Tunnel):
    parts = Parts(host_key_checker=Local)


if __name__ == "__main__":
    serve(Faulty, "keeps_keys_of_later_hops_as_localhost")
