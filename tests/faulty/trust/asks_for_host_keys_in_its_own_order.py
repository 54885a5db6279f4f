"""Asks for host keys in an order of its own, whatever is stored (mkj/dropbear#123, JuliaLang/julia#39324)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.profile import Hop
from tunnel_impl.trust.host_keys import HostKeyChecker

REJECTED_BY = {
    "trust/added_type[ed25519-beside-rsa]": {
        "step": "open",
        "expected": "open to succeed",
        "observed": "host-key-changed",
    },
    "trust/stored_type_preferred[rsa]": {"step": "open", "expected": "open to succeed", "observed": "host-key-changed"},
    "trust/stored_type_preferred[ecdsa]": {
        "step": "open",
        "expected": "open to succeed",
        "observed": "host-key-changed",
    },
}


class Stubborn(HostKeyChecker):
    @override
    def algorithms(self, hop: Hop) -> tuple[str, ...]:
        del hop
        return ("ssh-ed25519", "ecdsa-sha2-nistp256", "rsa-sha2-512")


class Faulty(Tunnel):
    parts = Parts(host_key_checker=Stubborn)


if __name__ == "__main__":
    serve(Faulty, "asks_for_host_keys_in_its_own_order")
