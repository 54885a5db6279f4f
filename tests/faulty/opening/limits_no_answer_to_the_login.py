"""Waits for the server's answers to a login as long as they take (golang/go#15113)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.keys.private_keys import Signer
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.ssh.session import Session

REJECTED_BY = {
    "opening/silent_login[before-the-first-credential]": {"step": "finish", "observed": "no answer"},
}


class Patient(Authenticator):
    @override
    def log_in(self, session: Session, signers: tuple[Signer, ...]) -> None:
        self.timeout = 3600
        super().log_in(session, signers)


class Faulty(Tunnel):
    parts = Parts(authenticator=Patient)


if __name__ == "__main__":
    serve(Faulty, "limits_no_answer_to_the_login")
