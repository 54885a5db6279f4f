"""Remembers a refused key change, and refuses the old key as well when it is back."""

from __future__ import annotations

from typing import ClassVar

from typing_extensions import override

from tunnel_impl import Parts, Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.profile import Hop
from tunnel_impl.ssh.session import Session
from tunnel_impl.trust.host_keys import HostKeyChecker

REJECTED_BY = {
    "trust/back_again": {"step": "open", "expected": "open to succeed", "observed": "host-key-changed"},
}


class Resentful(HostKeyChecker):
    distrusted: ClassVar[set[Hop]] = set()

    @override
    def check(self, session: Session, hop: Hop, index: int) -> None:
        if hop in self.distrusted:
            raise TunnelError("host-key-changed", f"The host key of {hop} has changed.", index)
        try:
            super().check(session, hop, index)
        except TunnelError:
            self.distrusted.add(hop)
            raise


class Faulty(Tunnel):
    parts = Parts(host_key_checker=Resentful)


if __name__ == "__main__":
    serve(Faulty, "distrusts_a_host_whose_key_once_changed")
