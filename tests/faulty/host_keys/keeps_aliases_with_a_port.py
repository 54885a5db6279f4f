"""Keeps a host key under its alias and the port that is dialled (ssh_config(5), HostKeyAlias)."""

from __future__ import annotations

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.profile import Hop

REJECTED_BY = {
    "host_keys/alias[stored-bastion2]": {"step": "expect stored", "observed": "0 of 0 stored keys are current"},
}


def kept_at(hop: Hop) -> tuple[str, int]:
    return (hop.host_key_alias or hop.host, hop.port)


Hop.key_place = property(kept_at)


class Faulty(Tunnel):
    pass


if __name__ == "__main__":
    serve(Faulty, "keeps_aliases_with_a_port")
