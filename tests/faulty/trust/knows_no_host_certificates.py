"""Does not ask for host certificates, and so knows no server that an authority vouches for."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.profile import Hop
from tunnel_impl.trust.host_certificates import SUFFIX
from tunnel_impl.trust.host_keys import HostKeyChecker

REJECTED_BY = {
    "trust/host_certificate[by-address]": {"step": "open", "observed": "host-key-unknown"},
}


class Wrong(HostKeyChecker):
    @override
    def algorithms(self, hop: Hop) -> tuple[str, ...]:
        return tuple(name for name in super().algorithms(hop) if not name.endswith(SUFFIX))


class Faulty(Tunnel):
    parts = Parts(host_key_checker=Wrong)


if __name__ == "__main__":
    serve(Faulty, "knows_no_host_certificates")
