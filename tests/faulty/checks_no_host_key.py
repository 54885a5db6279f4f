"""Trusts every host key."""

from __future__ import annotations

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter.service import serve
from tunnel_impl.profile import Hop
from tunnel_impl.ssh.session import Session
from tunnel_impl.trust.host_keys import HostKeyChecker


class Wrong(HostKeyChecker):
    def check(self, session: Session, hop: Hop, index: int) -> None:
        pass


class Faulty(Tunnel):
    parts = Parts(host_key_checker=Wrong)


if __name__ == "__main__":
    serve(Faulty, "checks_no_host_key")
