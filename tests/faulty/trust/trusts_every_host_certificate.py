"""Trusts a host certificate whoever signed it, whenever, and for whom (class HOST-1)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.profile import Hop
from tunnel_impl.trust.host_certificates import HostCertificate
from tunnel_impl.trust.host_keys import HostKeyChecker
from tunnel_impl.trust.known_hosts import Known

REJECTED_BY = {
    "trust/host_certificate_refused[of-a-strangers-authority]": {"step": "open", "observed": "open reported success"},
    "trust/host_certificate_refused[expired]": {"step": "open", "observed": "open reported success"},
    "trust/host_certificate_refused[for-another-name]": {"step": "open", "observed": "open reported success"},
    "trust/host_certificate_at_a_hop[of-a-strangers-authority-bastion1]": {
        "step": "open",
        "observed": "open reported success",
    },
    "trust/host_certificate_at_a_hop[of-a-strangers-authority-middle]": {
        "step": "open",
        "observed": "open reported success",
    },
    "trust/host_certificate_at_a_hop[of-a-strangers-authority-bastion2]": {
        "step": "open",
        "observed": "open reported success",
    },
}


class Wrong(HostKeyChecker):
    @override
    def vouches(self, certificate: HostCertificate, hop: Hop, known: Known) -> bool:
        del certificate, hop, known
        return True


class Faulty(Tunnel):
    parts = Parts(host_key_checker=Wrong)


if __name__ == "__main__":
    serve(Faulty, "trusts_every_host_certificate")
