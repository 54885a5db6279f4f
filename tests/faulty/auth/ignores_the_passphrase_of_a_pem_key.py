"""Does not hand the passphrase on for a key that is not in OpenSSH's format (class AUTH-7)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.keys.private_keys import Signer, read_file
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.profile import KeyAuth

REJECTED_BY = {
    "auth/encrypted_key[ecdsa-256-pem]": {"step": "open", "observed": "wrong-passphrase"},
}


class Partial(Authenticator):
    @override
    @contextmanager
    def credentials(self) -> Iterator[tuple[Signer, ...]]:
        auth = self.hop.auth
        if isinstance(auth, KeyAuth) and b"OPENSSH" not in read_file(auth.file):
            self.hop = replace(self.hop, auth=replace(auth, passphrase=None))
        with super().credentials() as signers:
            yield signers


class Faulty(Tunnel):
    parts = Parts(authenticator=Partial)


if __name__ == "__main__":
    serve(Faulty, "ignores_the_passphrase_of_a_pem_key")
