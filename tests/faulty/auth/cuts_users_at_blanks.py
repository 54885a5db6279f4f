"""Takes the first word of a user name for all of it."""

from __future__ import annotations

from dataclasses import replace

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.keys.private_keys import Signer
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.ssh.session import Session

REJECTED_BY = {
    "auth/unusual_accounts[user-with-blanks]": {"step": "open", "observed": "auth-failed"},
}


class Careless(Authenticator):
    @override
    def log_in(self, session: Session, signers: tuple[Signer, ...]) -> None:
        self.hop = replace(self.hop, user=self.hop.user.split()[0])
        super().log_in(session, signers)


class Faulty(Tunnel):
    parts = Parts(authenticator=Careless)


if __name__ == "__main__":
    serve(Faulty, "cuts_users_at_blanks")
