"""Trusts a host certificate whoever signed it, whenever, and for whom (class HOST-1)."""

from __future__ import annotations

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter.service import serve
from tunnel_impl.profile import Hop
from tunnel_impl.trust.host_certificates import HostCertificate
from tunnel_impl.trust.host_keys import HostKeyChecker
from tunnel_impl.trust.known_hosts import Known


class Wrong(HostKeyChecker):
    def vouches(self, certificate: HostCertificate, hop: Hop, known: Known) -> bool:
        del certificate, hop, known
        return True


class Faulty(Tunnel):
    parts = Parts(host_key_checker=Wrong)


if __name__ == "__main__":
    serve(Faulty, "trusts_every_host_certificate")
