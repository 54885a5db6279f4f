"""Keeps the first password of a server, and uses it after it was refused and corrected (dbeaver/dbeaver#18020)."""

from __future__ import annotations

from typing import ClassVar

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.login.protocol import Answer, Login
from tunnel_impl.ssh.session import Session

REJECTED_BY = {
    "auth/right_after_wrong[password]": {"step": "open", "expected": "open to succeed", "observed": "auth-failed"},
}


class Remembering(Authenticator):
    passwords: ClassVar[dict[str, str]] = {}

    @override
    def send_password(self, session: Session, login: Login, methods: tuple[str, ...], password: str) -> Answer:
        return super().send_password(session, login, methods, self.passwords.setdefault(str(self.hop), password))


class Faulty(Tunnel):
    parts = Parts(authenticator=Remembering)


if __name__ == "__main__":
    serve(Faulty, "remembers_a_refused_password")
