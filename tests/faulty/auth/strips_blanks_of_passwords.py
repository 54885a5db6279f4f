"""Strips the blanks at the ends of a password, as a form does that trims its fields."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.login.protocol import Answer, Login
from tunnel_impl.ssh.session import Session

REJECTED_BY = {
    "auth/unusual_accounts[password-with-blanks]": {"step": "open", "observed": "auth-failed"},
    "auth/unusual_accounts[blanks-at-a-prompt]": {"step": "open", "observed": "auth-failed"},
}


class Careless(Authenticator):
    @override
    def send_password(self, session: Session, login: Login, methods: tuple[str, ...], password: str) -> Answer:
        return super().send_password(session, login, methods, password.strip())


class Faulty(Tunnel):
    parts = Parts(authenticator=Careless)


if __name__ == "__main__":
    serve(Faulty, "strips_blanks_of_passwords")
