"""Uses the method of its profile, whatever methods the server offers."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.login.protocol import Answer, Login
from tunnel_impl.ssh.session import Session

REJECTED_BY = {
    "auth/method_not_offered[password-where-only-keys-are-taken]": {
        "step": "expect credentials",
        "expected": "ends without any credential",
    },
    "auth/method_not_offered[key-where-only-passwords-are-taken]": {
        "step": "expect credentials",
        "expected": "ends without any credential",
    },
    "auth/method_not_offered[agent-where-only-passwords-are-taken]": {
        "step": "expect credentials",
        "expected": "ends without any credential",
    },
    "errors/method_not_offered[password-where-only-keys-are-taken]": {
        "step": "open",
        "expected": "a message that says 'public.?key'",
    },
}


class Bold(Authenticator):
    @override
    def need(self, method: str, methods: tuple[str, ...]) -> None:
        pass

    @override
    def send_password(self, session: Session, login: Login, methods: tuple[str, ...], password: str) -> Answer:
        return super().send_password(session, login, (*methods, "password"), password)


class Faulty(Tunnel):
    parts = Parts(authenticator=Bold)


if __name__ == "__main__":
    serve(Faulty, "shows_its_credential_whatever_is_offered")
