"""Takes an RSA key of more than 2048 bits for damaged."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from typing_extensions import override

from tunnel_impl import Parts, Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.keys.private_keys import Signer
from tunnel_impl.login.authentication import Authenticator

REJECTED_BY = {
    "auth/large_key[file]": {"step": "open", "observed": "key-unsupported (The key is too long.)"},
    "auth/large_key[agent]": {"step": "open", "observed": "key-unsupported (The key is too long.)"},
}


_LONGEST = 400
"""Bytes of a public key: one of 2048 bits has 279, one of 4096 bits 535."""


class Short(Authenticator):
    @override
    @contextmanager
    def credentials(self) -> Iterator[tuple[Signer, ...]]:
        with super().credentials() as signers:
            if any(len(one.blob) > _LONGEST for one in signers):
                raise TunnelError("key-unsupported", "The key is too long.")
            yield signers


class Faulty(Tunnel):
    parts = Parts(authenticator=Short)


if __name__ == "__main__":
    serve(Faulty, "takes_rsa_keys_of_2048_bits_at_most")
