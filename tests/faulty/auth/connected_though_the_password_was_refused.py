"""Does not look at the server's answer to a password."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.login.protocol import Accepted, Answer, Login
from tunnel_impl.ssh.session import Session

REJECTED_BY = {
    "auth/wrong_password": {"step": "open", "expected": "open to be refused", "observed": "open reported success"},
}


class Optimist(Authenticator):
    @override
    def send_password(self, session: Session, login: Login, methods: tuple[str, ...], password: str) -> Answer:
        super().send_password(session, login, methods, password)
        return Accepted()


class Faulty(Tunnel):
    parts = Parts(authenticator=Optimist)


if __name__ == "__main__":
    serve(Faulty, "connected_though_the_password_was_refused")
