"""Offers what was new in 2012, so that servers with newer algorithms only cannot be reached (class KEX)."""

from __future__ import annotations

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.ssh import algorithms, key_exchanges, protection
from tunnel_impl.ssh.session import Session

REJECTED_BY = {
    "kex/one_algorithm[chacha20-poly1305]": {"step": "open", "observed": "handshake-failed"},
    "kex/one_algorithm[aes128-gcm]": {"step": "open", "observed": "handshake-failed"},
    "kex/one_algorithm[aes256-gcm]": {"step": "open", "observed": "handshake-failed"},
    "kex/one_algorithm[aes256-ctr]": {"step": "open", "observed": "handshake-failed"},
    "kex/one_algorithm[hmac-sha2-512-etm]": {"step": "open", "observed": "handshake-failed"},
    "kex/one_algorithm[umac-64]": {"step": "open", "observed": "handshake-failed"},
    "kex/one_algorithm[umac-64-etm]": {"step": "open", "observed": "handshake-failed"},
    "kex/one_algorithm[umac-128-etm]": {"step": "open", "observed": "handshake-failed"},
    "kex/one_algorithm[curve25519]": {"step": "open", "observed": "handshake-failed"},
    "kex/one_algorithm[mlkem768]": {"step": "open", "observed": "handshake-failed"},
    "kex/one_algorithm[curve25519-of-libssh]": {"step": "open", "observed": "handshake-failed"},
    "kex/one_algorithm[nistp256]": {"step": "open", "observed": "handshake-failed"},
    "kex/one_algorithm[group16]": {"step": "open", "observed": "handshake-failed"},
    "kex/one_algorithm[group18]": {"step": "open", "observed": "handshake-failed"},
    "kex/one_algorithm[group-exchange]": {"step": "open", "observed": "handshake-failed"},
    "kex/forced_compression": {"step": "open", "observed": "handshake-failed"},
}

CIPHERS = ("aes128-ctr", "aes192-ctr")
MACS = ("hmac-sha2-256", "hmac-sha1")
KEY_EXCHANGES = ("ecdh-sha2-nistp384", "diffie-hellman-group14-sha256")

algorithms.CIPHERS = CIPHERS  # type: ignore[misc]
algorithms.COMPRESSIONS = ("none",)  # type: ignore[misc]
algorithms.MACS = {name: mac for name, mac in protection.MACS.items() if name in MACS}
algorithms.KEY_EXCHANGES = {name: key_exchanges.KEY_EXCHANGES[name] for name in KEY_EXCHANGES}


class Old(Session):
    _preferred_ciphers = CIPHERS
    _preferred_macs = MACS
    _preferred_kex = KEY_EXCHANGES
    _preferred_compression = ("none",)


class Faulty(Tunnel):
    parts = Parts(session=Old)


if __name__ == "__main__":
    serve(Faulty, "offers_old_algorithms_only")
