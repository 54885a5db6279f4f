"""Opens encrypted keys of three ciphers, those of its cryptographic library (mongodb-js/compass#1882)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from typing_extensions import override

from tunnel_impl import Parts, Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.keys.openssh_key import OpenSSHKey
from tunnel_impl.keys.private_keys import Signer, read_file
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.profile import KeyAuth

REJECTED_BY = {
    "auth/key_ciphers[aes128-gcm]": {"step": "open", "observed": "key-unsupported"},
    "auth/key_ciphers[chacha20-poly1305]": {"step": "open", "observed": "key-unsupported"},
    "auth/key_ciphers[3des-cbc]": {"step": "open", "observed": "key-unsupported"},
}

KNOWN = (b"none", b"aes256-ctr", b"aes256-cbc", b"aes256-gcm@openssh.com")


class Picky(Authenticator):
    @override
    @contextmanager
    def credentials(self) -> Iterator[tuple[Signer, ...]]:
        auth = self.hop.auth
        key = OpenSSHKey.read(read_file(auth.file)) if isinstance(auth, KeyAuth) else None
        if key and key.cipher not in KNOWN:
            raise TunnelError("key-unsupported", f"Unsupported cipher: {key.cipher.decode()}")
        with super().credentials() as signers:
            yield signers


class Faulty(Tunnel):
    parts = Parts(authenticator=Picky)


if __name__ == "__main__":
    serve(Faulty, "knows_three_ciphers_of_private_keys")
