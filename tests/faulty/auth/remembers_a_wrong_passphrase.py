"""Keeps the first passphrase of a key file, and uses it after it was wrong and corrected (dbeaver/dbeaver#18020)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import ClassVar

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.keys.private_keys import Signer
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.profile import KeyAuth

REJECTED_BY = {
    "auth/right_after_wrong[passphrase]": {
        "step": "open",
        "expected": "open to succeed",
        "observed": "wrong-passphrase",
    },
}


class Remembering(Authenticator):
    passphrases: ClassVar[dict[str, str | None]] = {}

    @override
    @contextmanager
    def credentials(self) -> Iterator[tuple[Signer, ...]]:
        auth = self.hop.auth
        if isinstance(auth, KeyAuth):
            known = self.passphrases.setdefault(auth.file, auth.passphrase)
            self.hop = replace(self.hop, auth=replace(auth, passphrase=known))
        with super().credentials() as signers:
            yield signers


class Faulty(Tunnel):
    parts = Parts(authenticator=Remembering)


if __name__ == "__main__":
    serve(Faulty, "remembers_a_wrong_passphrase")
