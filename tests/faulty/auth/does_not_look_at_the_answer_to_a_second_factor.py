"""Counts as connected once it has given the second factor, right or wrong (class AUTH-4)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.keys.private_keys import Signer
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.login.protocol import Accepted, Answer, Login
from tunnel_impl.ssh.session import Session

REJECTED_BY = {
    "auth/wrong_second_factor": {"step": "open", "expected": "open to be refused", "observed": "open reported success"},
}


class Optimist(Authenticator):
    @override
    def go_on(
        self,
        session: Session,
        login: Login,
        signers: tuple[Signer, ...],
        methods: tuple[str, ...],
        passed: tuple[str, ...],
    ) -> Answer:
        super().go_on(session, login, signers, methods, passed)
        return Accepted()


class Faulty(Tunnel):
    parts = Parts(authenticator=Optimist)


if __name__ == "__main__":
    serve(Faulty, "does_not_look_at_the_answer_to_a_second_factor")
