"""Takes a first factor that is not enough for a refused login (TableProApp/TablePro#1920, paramiko/paramiko#841)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.keys.private_keys import Signer
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.login.protocol import Answer, Login, Refused
from tunnel_impl.ssh.session import Session

REJECTED_BY = {
    "auth/second_factor[key-then-code]": {"step": "open", "observed": "auth-failed"},
    "auth/second_factor[password-then-code]": {"step": "open", "observed": "auth-failed"},
}


class Hasty(Authenticator):
    @override
    def go_on(
        self,
        session: Session,
        login: Login,
        signers: tuple[Signer, ...],
        methods: tuple[str, ...],
        passed: tuple[str, ...],
    ) -> Answer:
        del session, login, signers, passed
        return Refused(methods, partial=False)


class Faulty(Tunnel):
    parts = Parts(authenticator=Hasty)


if __name__ == "__main__":
    serve(Faulty, "gives_up_after_a_partial_success")
