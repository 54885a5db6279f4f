"""Thinks that a server which answers the method none has let it in (TableProApp/TablePro#1912)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.keys.private_keys import Signer
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.login.protocol import Login
from tunnel_impl.profile import NoAuth
from tunnel_impl.ssh.session import Session

REJECTED_BY = {
    "auth/nothing_is_not_enough": {"step": "open", "observed": "open reported success"},
}


class Credulous(Authenticator):
    @override
    def log_in(self, session: Session, signers: tuple[Signer, ...]) -> None:
        if isinstance(self.hop.auth, NoAuth):
            Login(session, self.hop.user, self.timeout, self.cancellation).none()
            return
        super().log_in(session, signers)


class Faulty(Tunnel):
    parts = Parts(authenticator=Credulous)


if __name__ == "__main__":
    serve(Faulty, "takes_a_refusal_of_nothing_for_a_login")
