"""Knows host keys by address and port, whatever their alias (ssh_config(5), HostKeyAlias)."""

from __future__ import annotations

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.profile import Hop

REJECTED_BY = {
    "host_keys/alias[stored-bastion1]": {"step": "expect stored", "observed": "0 of 0 stored keys are current"},
    "host_keys/alias[known-bastion1]": {"step": "open", "observed": "host-key-unknown"},
    "host_keys/alias[known-by-its-address-only-bastion1]": {
        "step": "open",
        "expected": "open to be refused",
        "observed": "open reported success",
    },
    "host_keys/alias[stored-bastion2]": {"step": "expect stored", "observed": "0 of 0 stored keys are current"},
    "host_keys/alias[known-bastion2]": {"step": "open", "observed": "host-key-unknown"},
    "host_keys/alias[known-by-its-address-only-bastion2]": {
        "step": "open",
        "expected": "open to be refused",
        "observed": "open reported success",
    },
}


def kept_at(hop: Hop) -> tuple[str, int]:
    return (hop.host, hop.port)


Hop.key_place = property(kept_at)


class Faulty(Tunnel):
    pass


if __name__ == "__main__":
    serve(Faulty, "keeps_host_keys_by_address_only")
