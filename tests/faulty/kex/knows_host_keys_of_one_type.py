"""Asks for NIST P-384 host keys only, whatever keys the server has (class KEX)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.profile import Hop
from tunnel_impl.trust.host_keys import HostKeyChecker

REJECTED_BY = {
    "kex/one_algorithm[ed25519]": {"step": "open", "observed": "handshake-failed"},
    "kex/one_algorithm[ecdsa]": {"step": "open", "observed": "handshake-failed"},
    "kex/one_algorithm[rsa-sha2-512]": {"step": "open", "observed": "handshake-failed"},
    "kex/one_algorithm[rsa-sha2-256]": {"step": "open", "observed": "handshake-failed"},
}


class Narrow(HostKeyChecker):
    @override
    def algorithms(self, hop: Hop) -> tuple[str, ...]:
        del hop
        return ("ecdsa-sha2-nistp384",)


class Faulty(Tunnel):
    parts = Parts(host_key_checker=Narrow)


if __name__ == "__main__":
    serve(Faulty, "knows_host_keys_of_one_type")
