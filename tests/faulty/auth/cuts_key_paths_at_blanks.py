"""Reads the path of a key up to its first blank (cweijan/vscode-database-client#17)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.keys.private_keys import Signer
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.profile import KeyAuth

REJECTED_BY = {
    "auth/key_in_a_path_with_blanks": {"step": "open", "observed": "it is not a file"},
}


class Splitting(Authenticator):
    @override
    @contextmanager
    def credentials(self) -> Iterator[tuple[Signer, ...]]:
        auth = self.hop.auth
        if isinstance(auth, KeyAuth):
            self.hop = replace(self.hop, auth=replace(auth, file=auth.file.split()[0]))
        with super().credentials() as signers:
            yield signers


class Faulty(Tunnel):
    parts = Parts(authenticator=Splitting)


if __name__ == "__main__":
    serve(Faulty, "cuts_key_paths_at_blanks")
