"""Does not read a key file with the line ends of Windows (class AUTH-10)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from typing_extensions import override

from tunnel_impl import Parts, Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.keys.private_keys import Signer
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.profile import KeyAuth

REJECTED_BY = {
    "auth/key_file_forms[windows-line-ends]": {"step": "open", "observed": "key-unsupported"},
}


class Picky(Authenticator):
    @override
    @contextmanager
    def credentials(self) -> Iterator[tuple[Signer, ...]]:
        auth = self.hop.auth
        if isinstance(auth, KeyAuth) and b"\r" in Path(auth.file).expanduser().read_bytes():
            raise TunnelError("key-unsupported", f"invalid privatekey: {auth.file}")
        with super().credentials() as signers:
            yield signers


class Faulty(Tunnel):
    parts = Parts(authenticator=Picky)


if __name__ == "__main__":
    serve(Faulty, "trips_over_windows_line_ends")
