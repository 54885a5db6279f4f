"""Does not use the password where the server only prompts for it (mongodb-js/devtools-shared#839)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.login.protocol import Answer, Login
from tunnel_impl.ssh.session import Session

REJECTED_BY = {
    "auth/password_over_prompts": {"step": "open", "observed": "auth-failed"},
}


class Narrow(Authenticator):
    @override
    def send_password(self, session: Session, login: Login, methods: tuple[str, ...], password: str) -> Answer:
        del session, methods
        return login.password(password)


class Faulty(Tunnel):
    parts = Parts(authenticator=Narrow)


if __name__ == "__main__":
    serve(Faulty, "sends_passwords_by_their_own_method_only")
