"""Says that a key file is not there when it may not be read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from typing_extensions import override

from tunnel_impl import Parts, Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.keys.private_keys import Signer
from tunnel_impl.login.authentication import Authenticator

REJECTED_BY = {
    "errors/key_files[unreadable]": {
        "step": "open",
        "expected": "the error key-unreadable",
        "observed": "key-not-found",
    },
}


class Vague(Authenticator):
    @override
    @contextmanager
    def credentials(self) -> Iterator[tuple[Signer, ...]]:
        try:
            with super().credentials() as signers:
                yield signers
        except TunnelError as error:
            if error.code != "key-unreadable":
                raise
            raise TunnelError("key-not-found", error.message) from error


class Faulty(Tunnel):
    parts = Parts(authenticator=Vague)


if __name__ == "__main__":
    serve(Faulty, "takes_an_unreadable_key_for_a_missing_one")
