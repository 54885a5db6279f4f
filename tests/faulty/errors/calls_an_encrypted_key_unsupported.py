"""Takes a key that needs a passphrase, when it was given none, for one of an unknown format (class AUTH-7)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.errors import TunnelError
from tunnel_impl.keys.private_keys import Signer
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.profile import KeyAuth

REJECTED_BY = {
    "errors/key_files[no-passphrase]": {
        "step": "open",
        "expected": "the error wrong-passphrase",
        "observed": "key-unsupported",
    },
}


class Ignorant(Authenticator):
    @override
    @contextmanager
    def credentials(self) -> Iterator[tuple[Signer, ...]]:
        try:
            with super().credentials() as signers:
                yield signers
        except TunnelError as error:
            if error.code == "wrong-passphrase" and not cast("KeyAuth", self.hop.auth).passphrase:
                raise TunnelError("key-unsupported", "invalid privatekey") from error
            raise


class Faulty(Tunnel):
    parts = Parts(authenticator=Ignorant)


if __name__ == "__main__":
    serve(Faulty, "calls_an_encrypted_key_unsupported")
