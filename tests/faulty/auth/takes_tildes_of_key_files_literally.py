"""Does not expand the ~ of a key file (cweijan/vscode-database-client#642)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from typing_extensions import override

from tunnel_impl import Parts, Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.keys.private_keys import Signer
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.profile import KeyAuth

REJECTED_BY = {
    "auth/key_file_forms[path-with-tilde]": {"step": "open", "observed": "key-not-found"},
}


class Picky(Authenticator):
    @override
    @contextmanager
    def credentials(self) -> Iterator[tuple[Signer, ...]]:
        auth = self.hop.auth
        if isinstance(auth, KeyAuth) and auth.file.startswith("~"):
            raise TunnelError("key-not-found", f"Key file not found: {auth.file}")
        with super().credentials() as signers:
            yield signers


class Faulty(Tunnel):
    parts = Parts(authenticator=Picky)


if __name__ == "__main__":
    serve(Faulty, "takes_tildes_of_key_files_literally")
