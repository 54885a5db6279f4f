"""Forgets the certificate of a key that it has to decrypt (alebeck/boring#26)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.keys.certificates import CertifiedKey
from tunnel_impl.keys.private_keys import Signer
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.profile import KeyAuth

REJECTED_BY = {
    "auth/certificate[encrypted]": {"step": "open", "observed": "auth-failed"},
}


class Distracted(Authenticator):
    @override
    @contextmanager
    def credentials(self) -> Iterator[tuple[Signer, ...]]:
        encrypted = isinstance(self.hop.auth, KeyAuth) and self.hop.auth.passphrase
        with super().credentials() as signers:
            yield tuple(key for key in signers if not (encrypted and isinstance(key, CertifiedKey)))


class Faulty(Tunnel):
    parts = Parts(authenticator=Distracted)


if __name__ == "__main__":
    serve(Faulty, "offers_no_certificate_of_an_encrypted_key")
