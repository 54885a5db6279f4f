"""Says of every file that it cannot use no more than that (agebrock/tunnel-ssh#72, dbeaver/dbeaver#5845)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from typing_extensions import override

from tunnel_impl import Parts, Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.keys.private_keys import Signer
from tunnel_impl.login.authentication import Authenticator

REJECTED_BY = {
    "errors/key_formats[public-key]": {
        "step": "open",
        "expected": "a message that says 'public'",
        "observed": "key-unsupported (invalid privatekey)",
    },
    "errors/key_formats[putty]": {
        "step": "open",
        "expected": "a message that says 'putty|ppk'",
        "observed": "key-unsupported (invalid privatekey)",
    },
    "errors/key_formats[dsa]": {"step": "open", "observed": "key-unsupported (invalid privatekey)"},
}


class Curt(Authenticator):
    @override
    @contextmanager
    def credentials(self) -> Iterator[tuple[Signer, ...]]:
        try:
            with super().credentials() as signers:
                yield signers
        except TunnelError as error:
            if error.code != "key-unsupported":
                raise
            raise TunnelError("key-unsupported", "invalid privatekey") from error


class Faulty(Tunnel):
    parts = Parts(authenticator=Curt)


if __name__ == "__main__":
    serve(Faulty, "refuses_keys_without_a_reason")
