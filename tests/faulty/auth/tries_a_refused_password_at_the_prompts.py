"""Tries a refused password again by keyboard-interactive."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.login.protocol import Answer, Login, Refused
from tunnel_impl.ssh.session import Session

REJECTED_BY = {
    "auth/refused_password_once": {"step": "expect credentials_shown", "observed": "2 credentials shown at totp"},
}


class Wrong(Authenticator):
    @override
    def send_password(self, session: Session, login: Login, methods: tuple[str, ...], password: str) -> Answer:
        answer = super().send_password(session, login, methods, password)
        if isinstance(answer, Refused) and not answer.partial and "keyboard-interactive" in answer.methods:
            return self.converse(session, login, password)
        return answer


class Faulty(Tunnel):
    parts = Parts(authenticator=Wrong)


if __name__ == "__main__":
    serve(Faulty, "tries_a_refused_password_at_the_prompts")
