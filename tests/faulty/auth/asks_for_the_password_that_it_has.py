"""Asks the user at each prompt, also for the password of the profile."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.login.protocol import Answer, Login
from tunnel_impl.ssh.session import Session

REJECTED_BY = {
    "auth/keyboard_interactive": {"step": "open", "observed": "cancelled"},
    "auth/password_over_prompts": {"step": "open", "observed": "cancelled"},
}


class Shy(Authenticator):
    @override
    def converse(self, session: Session, login: Login, password: str | None) -> Answer:
        del password
        return super().converse(session, login, None)


class Faulty(Tunnel):
    parts = Parts(authenticator=Shy)


if __name__ == "__main__":
    serve(Faulty, "asks_for_the_password_that_it_has")
