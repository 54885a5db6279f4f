"""Asks for stored types in the order of the file, so that a stale first line raises a false alarm (class HOST-8)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.profile import Hop
from tunnel_impl.trust.host_keys import HostKeyChecker

REJECTED_BY = {
    "trust/stale_type": {"step": "open", "observed": "host-key"},
}

SIGNED = {"ssh-rsa": "rsa-sha2-512"}


class InOrder(HostKeyChecker):
    @override
    def algorithms(self, hop: Hop) -> tuple[str, ...]:
        stored = [SIGNED.get(key.type, key.type) for key in self.known_hosts.lookup(*hop.key_place).keys]
        return tuple(dict.fromkeys([*stored, *super().algorithms(hop)]))


class Faulty(Tunnel):
    parts = Parts(host_key_checker=InOrder)


if __name__ == "__main__":
    serve(Faulty, "asks_for_the_type_that_stands_first")
