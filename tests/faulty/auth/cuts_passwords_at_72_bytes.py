"""Sends the first 72 bytes of a password, as many as bcrypt looks at."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.login.protocol import Answer, Login
from tunnel_impl.ssh.session import Session

REJECTED_BY = {
    "auth/unusual_accounts[password-of-100-characters]": {"step": "open", "observed": "auth-failed"},
    "auth/unusual_accounts[100-characters-at-a-prompt]": {"step": "open", "observed": "auth-failed"},
}


class Careless(Authenticator):
    @override
    def send_password(self, session: Session, login: Login, methods: tuple[str, ...], password: str) -> Answer:
        return super().send_password(session, login, methods, password.encode()[:72].decode(errors="ignore"))


class Faulty(Tunnel):
    parts = Parts(authenticator=Careless)


if __name__ == "__main__":
    serve(Faulty, "cuts_passwords_at_72_bytes")
