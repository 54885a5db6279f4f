"""Sends the password by its own method although a second factor is set, and then answers no prompts."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.keys.private_keys import Signer
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.login.protocol import Answer, Login
from tunnel_impl.ssh.session import Session

REJECTED_BY = {
    "auth/second_factor_by_prompts": {"step": "open", "observed": "accepted password and then requires publickey"},
}


class Wrong(Authenticator):
    @override
    def send_password(self, session: Session, login: Login, methods: tuple[str, ...], password: str) -> Answer:
        if "password" in methods:
            return login.password(password)
        return super().send_password(session, login, methods, password)

    @override
    def go_on(
        self,
        session: Session,
        login: Login,
        signers: tuple[Signer, ...],
        methods: tuple[str, ...],
        passed: tuple[str, ...],
    ) -> Answer:
        rest = tuple(method for method in methods if method != "keyboard-interactive")
        return super().go_on(session, login, signers, rest, passed)


class Faulty(Tunnel):
    parts = Parts(authenticator=Wrong)


if __name__ == "__main__":
    serve(Faulty, "answers_no_prompts_after_the_password_method")
