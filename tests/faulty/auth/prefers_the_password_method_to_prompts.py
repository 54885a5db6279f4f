"""Sends the password by its own method, also where a second factor is set."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.login.protocol import Answer, Login
from tunnel_impl.ssh.session import Session

REJECTED_BY = {
    "auth/second_factor_by_prompts": {"step": "open", "observed": "auth-failed"},
}


class Wrong(Authenticator):
    @override
    def send_password(self, session: Session, login: Login, methods: tuple[str, ...], password: str) -> Answer:
        if "password" in methods:
            return login.password(password)
        return super().send_password(session, login, methods, password)


class Faulty(Tunnel):
    parts = Parts(authenticator=Wrong)


if __name__ == "__main__":
    serve(Faulty, "prefers_the_password_method_to_prompts")
