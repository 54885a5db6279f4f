"""Sends a password that was refused once more on the same connection (digint/btrbk#605)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.login.protocol import Answer, Login, Refused
from tunnel_impl.ssh.session import Session

REJECTED_BY = {
    "opening/refused_once[password]": {"step": "expect credentials_shown", "observed": "2 credentials shown"},
}


class Stubborn(Authenticator):
    @override
    def send_password(self, session: Session, login: Login, methods: tuple[str, ...], password: str) -> Answer:
        answer = super().send_password(session, login, methods, password)
        refused = isinstance(answer, Refused) and not answer.partial
        return super().send_password(session, login, methods, password) if refused else answer


class Faulty(Tunnel):
    parts = Parts(authenticator=Stubborn)


if __name__ == "__main__":
    serve(Faulty, "sends_a_refused_password_again")
