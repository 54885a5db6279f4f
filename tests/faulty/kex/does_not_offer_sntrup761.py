"""Leaves sntrup761x25519-sha512 out, the first key exchange of OpenSSH 9.0 to 9.8 (class KEX)."""

from __future__ import annotations

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.ssh import algorithms, key_exchanges
from tunnel_impl.ssh.session import Session

REJECTED_BY = {
    "kex/one_algorithm[sntrup761]": {"step": "open", "observed": "handshake-failed"},
}

KEPT = {name: one for name, one in key_exchanges.KEY_EXCHANGES.items() if "sntrup761" not in name}

algorithms.KEY_EXCHANGES = KEPT


class Older(Session):
    _preferred_kex = tuple(KEPT)


class Faulty(Tunnel):
    parts = Parts(session=Older)


if __name__ == "__main__":
    serve(Faulty, "does_not_offer_sntrup761")
