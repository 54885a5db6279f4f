"""Knows private keys in OpenSSH's and in the old PEM format only (mwiede/jsch#12, dbeaver/dbeaver#5845)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.errors import TunnelError
from tunnel_impl.keys.private_keys import Signer, read_file
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.profile import KeyAuth

REJECTED_BY = {
    "auth/key_in_pkcs8[rsa]": {"step": "open", "observed": "key-unsupported"},
    "auth/key_in_pkcs8[ecdsa-256]": {"step": "open", "observed": "key-unsupported"},
    "auth/key_in_pkcs8[ed25519]": {"step": "open", "observed": "key-unsupported (invalid privatekey"},
}


class Picky(Authenticator):
    @override
    @contextmanager
    def credentials(self) -> Iterator[tuple[Signer, ...]]:
        auth = self.hop.auth
        if isinstance(auth, KeyAuth) and b"-----BEGIN PRIVATE KEY-----" in read_file(auth.file):
            raise TunnelError("key-unsupported", f"invalid privatekey: {auth.file}")
        with super().credentials() as signers:
            yield signers


class Faulty(Tunnel):
    parts = Parts(authenticator=Picky)


if __name__ == "__main__":
    serve(Faulty, "does_not_read_pkcs8_keys")
