"""Gives up where the second factor is a password of its own method (mwiede/jsch#107)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.keys.private_keys import Signer
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.login.protocol import Answer, Login
from tunnel_impl.ssh.session import Session

REJECTED_BY = {
    "auth/further_factors[key-then-password]": {
        "step": "open",
        "observed": "auth-failed (The second factor is not supported.)",
    },
}


class Narrow(Authenticator):
    @override
    def go_on(
        self,
        session: Session,
        login: Login,
        signers: tuple[Signer, ...],
        methods: tuple[str, ...],
        passed: tuple[str, ...],
    ) -> Answer:
        if "keyboard-interactive" not in methods and "password" in methods:
            raise TunnelError("auth-failed", "The second factor is not supported.", self.index)
        return super().go_on(session, login, signers, methods, passed)


class Faulty(Tunnel):
    parts = Parts(authenticator=Narrow)


if __name__ == "__main__":
    serve(Faulty, "knows_prompts_as_the_only_second_factor")
