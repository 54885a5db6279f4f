"""Takes a first factor that is not enough for a login (paramiko/paramiko#841)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.keys.private_keys import Signer
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.login.protocol import Accepted, Answer, Login
from tunnel_impl.ssh.session import Session

REJECTED_BY = {
    "auth/second_factor[key-then-code]": {"step": "open", "observed": "no login on record at totp"},
}


class Optimist(Authenticator):
    @override
    def go_on(
        self,
        session: Session,
        login: Login,
        signers: tuple[Signer, ...],
        methods: tuple[str, ...],
        passed: tuple[str, ...],
    ) -> Answer:
        del session, login, signers, methods, passed
        return Accepted()


class Faulty(Tunnel):
    parts = Parts(authenticator=Optimist)


if __name__ == "__main__":
    serve(Faulty, "connected_after_a_partial_success")
