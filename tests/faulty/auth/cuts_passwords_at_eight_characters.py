"""Sends the first eight characters of a password and forgets the others."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.login.protocol import Answer, Login
from tunnel_impl.ssh.session import Session

REJECTED_BY = {
    "auth/password": {"step": "open", "observed": "auth-failed"},
}


class Curt(Authenticator):
    @override
    def send_password(self, session: Session, login: Login, methods: tuple[str, ...], password: str) -> Answer:
        return super().send_password(session, login, methods, password[:8])


class Faulty(Tunnel):
    parts = Parts(authenticator=Curt)


if __name__ == "__main__":
    serve(Faulty, "cuts_passwords_at_eight_characters")
