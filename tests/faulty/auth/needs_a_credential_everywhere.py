"""Refuses to log in without a credential before it has asked the server (TableProApp/TablePro#1912)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from typing_extensions import override

from tunnel_impl import Parts, Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.keys.private_keys import Signer
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.profile import NoAuth

REJECTED_BY = {
    "auth/nothing_needed": {"step": "open", "observed": "auth-failed (No credential was chosen.)"},
}


class Demanding(Authenticator):
    @override
    @contextmanager
    def credentials(self) -> Iterator[tuple[Signer, ...]]:
        if isinstance(self.hop.auth, NoAuth):
            raise TunnelError("auth-failed", "No credential was chosen.")
        with super().credentials() as signers:
            yield signers


class Faulty(Tunnel):
    parts = Parts(authenticator=Demanding)


if __name__ == "__main__":
    serve(Faulty, "needs_a_credential_everywhere")
