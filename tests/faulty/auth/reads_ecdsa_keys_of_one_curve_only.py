"""Accepts ECDSA keys on nistp256 only, and calls the others unsupported (mwiede/jsch#12)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from typing_extensions import override

from tunnel_impl import Parts, Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.keys.private_keys import Signer
from tunnel_impl.login.authentication import Authenticator

REJECTED_BY = {
    "auth/key[ecdsa-384-openssh]": {"step": "open", "observed": "The key is not on the curve nistp256"},
    "auth/key[ecdsa-521-pem]": {"step": "open", "observed": "The key is not on the curve nistp256"},
}


class OneCurve(Authenticator):
    @override
    @contextmanager
    def credentials(self) -> Iterator[tuple[Signer, ...]]:
        with super().credentials() as signers:
            if any(key.type in {"ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"} for key in signers):
                raise TunnelError("key-unsupported", "The key is not on the curve nistp256.")
            yield signers


class Faulty(Tunnel):
    parts = Parts(authenticator=OneCurve)


if __name__ == "__main__":
    serve(Faulty, "reads_ecdsa_keys_of_one_curve_only")
