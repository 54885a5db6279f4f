"""Drops every character of a user name that is not ASCII."""

from __future__ import annotations

from dataclasses import replace

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.keys.private_keys import Signer
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.ssh.session import Session

REJECTED_BY = {
    "auth/unusual_accounts[user-with-umlauts]": {"step": "open", "observed": "auth-failed"},
}


class Careless(Authenticator):
    @override
    def log_in(self, session: Session, signers: tuple[Signer, ...]) -> None:
        self.hop = replace(self.hop, user=self.hop.user.encode("ascii", "ignore").decode())
        super().log_in(session, signers)


class Faulty(Tunnel):
    parts = Parts(authenticator=Careless)


if __name__ == "__main__":
    serve(Faulty, "drops_what_is_not_ascii_in_users")
