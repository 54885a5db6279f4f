"""Says that the login was refused when the passphrase of the key is wrong (class AUTH-7)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.errors import TunnelError
from tunnel_impl.keys.private_keys import Signer
from tunnel_impl.login.authentication import Authenticator

REJECTED_BY = {
    "errors/key_files[wrong-passphrase]": {
        "step": "open",
        "expected": "the error wrong-passphrase",
        "observed": "auth-failed",
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
            if error.code != "wrong-passphrase":
                raise
            raise TunnelError("auth-failed", error.message) from error


class Faulty(Tunnel):
    parts = Parts(authenticator=Vague)


if __name__ == "__main__":
    serve(Faulty, "takes_a_wrong_passphrase_for_a_refused_login")
