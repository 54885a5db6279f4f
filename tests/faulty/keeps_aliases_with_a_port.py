"""Keeps a host key under its alias and the port that is dialled (ssh_config(5), HostKeyAlias)."""

from __future__ import annotations

from tunnel_impl import Tunnel
from tunnel_impl.adapter.service import serve
from tunnel_impl.profile import Hop


def kept_at(hop: Hop) -> tuple[str, int]:
    return (hop.host_key_alias or hop.host, hop.port)


Hop.key_place = property(kept_at)  # type: ignore[assignment,method-assign]


class Faulty(Tunnel):
    pass


if __name__ == "__main__":
    serve(Faulty, "keeps_aliases_with_a_port")
