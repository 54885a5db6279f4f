"""Offers the key and leaves the certificate beside it where it is (Studio3T/robomongo#1679, dbeaver/dbeaver#8896)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.keys.certificates import CertifiedKey
from tunnel_impl.keys.private_keys import Signer
from tunnel_impl.login.authentication import Authenticator

REJECTED_BY = {
    "auth/certificate[plain]": {"step": "open", "observed": "auth-failed"},
    "auth/certificate[rsa]": {"step": "open", "observed": "auth-failed"},
    "auth/certificate[ecdsa]": {"step": "open", "observed": "auth-failed"},
}


class Bare(Authenticator):
    @override
    @contextmanager
    def credentials(self) -> Iterator[tuple[Signer, ...]]:
        with super().credentials() as signers:
            yield tuple(key for key in signers if not isinstance(key, CertifiedKey))


class Faulty(Tunnel):
    parts = Parts(authenticator=Bare)


if __name__ == "__main__":
    serve(Faulty, "offers_no_certificates")
