"""NTRU Prime; that others understand it is proved by opens against Debian's sshd (kex/one_key_exchange)."""

from __future__ import annotations

import pytest

from tunnel_impl.ssh import sntrup761
from tunnel_impl.ssh.sntrup761 import PrivateKey, sealed, session_secret


def test_a_sealed_secret_is_opened() -> None:
    """Who seals a short polynomial for a key, and who holds the key, have the same secret; after a change, none."""
    key = PrivateKey()
    h = [value - 2295 for value in sntrup761._decoded(key.public, [4591] * 761)]
    short = sntrup761._short()
    ciphertext = sealed(key.public, h, short)
    assert (len(key.public), len(ciphertext)) == (1158, 1039)
    secret = session_secret(sntrup761._packed(short), ciphertext, good=True)
    assert key.decapsulate(ciphertext) == secret
    assert key.decapsulate(ciphertext[:-1] + bytes([ciphertext[-1] ^ 1])) != secret


def test_a_short_ciphertext_is_refused() -> None:
    """Its length is checked before anything is read."""
    with pytest.raises(ValueError, match="1039"):
        PrivateKey().decapsulate(bytes(1038))
