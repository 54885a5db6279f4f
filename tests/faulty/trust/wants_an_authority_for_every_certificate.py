"""Refuses a known key where the server shows a certificate for it whose authority is not in the store."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.profile import Hop
from tunnel_impl.ssh.session import Session
from tunnel_impl.trust.host_certificates import SUFFIX, HostCertificate
from tunnel_impl.trust.host_keys import HostKeyChecker

REJECTED_BY = {
    "trust/known_key_with_a_certificate": {"step": "open", "observed": "host-key-unknown"},
}


class Wrong(HostKeyChecker):
    @override
    def algorithms(self, hop: Hop) -> tuple[str, ...]:
        plain = super().algorithms(hop)
        return (*(name + SUFFIX for name in plain), *plain)

    @override
    def check(self, session: Session, hop: Hop, index: int) -> None:
        shown = session.host_certificate_seen()
        certificate = HostCertificate.read(shown) if shown else None
        if certificate and not self.vouches(certificate, hop, self.known_hosts.lookup(*hop.key_place)):
            raise self.refusal(hop, index, session.host_key_seen(), None)
        super().check(session, hop, index)


class Faulty(Tunnel):
    parts = Parts(host_key_checker=Wrong)


if __name__ == "__main__":
    serve(Faulty, "wants_an_authority_for_every_certificate")
