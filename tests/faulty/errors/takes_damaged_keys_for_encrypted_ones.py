"""Asks for a passphrase whenever it cannot read a key (mwiede/jsch#12)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from typing_extensions import override

from tunnel_impl import Parts, Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.keys.private_keys import Signer
from tunnel_impl.login.authentication import Authenticator

REJECTED_BY = {
    "errors/key_files[first-half-of-a-key]": {"step": "open", "observed": "wrong-passphrase"},
    "errors/key_files[noise]": {"step": "open", "observed": "wrong-passphrase"},
}


class Presuming(Authenticator):
    @override
    @contextmanager
    def credentials(self) -> Iterator[tuple[Signer, ...]]:
        try:
            with super().credentials() as signers:
                yield signers
        except TunnelError as error:
            if error.code != "key-unsupported":
                raise
            raise TunnelError("wrong-passphrase", "The key is encrypted: enter its passphrase.") from error


class Faulty(Tunnel):
    parts = Parts(authenticator=Presuming)


if __name__ == "__main__":
    serve(Faulty, "takes_damaged_keys_for_encrypted_ones")
