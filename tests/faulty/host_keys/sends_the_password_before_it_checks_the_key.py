"""Logs in first and looks at the server's host key then (class HOST-1)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.io_loop import IoLoop
from tunnel_impl.keys.private_keys import Signer
from tunnel_impl.life.chain import Chain
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.profile import Hop
from tunnel_impl.ssh.session import Session

REJECTED_BY = {
    "host_keys/changed_refused": {
        "step": "expect credentials",
        "observed": "1 connections at bastion: 1 credentials shown",
    },
    "host_keys/dropbear[changed]": {
        "step": "expect credentials",
        "observed": "1 connections at bastion: 1 credentials shown",
    },
    "host_keys/unknown_refused": {
        "step": "expect credentials",
        "observed": "1 connections at bastion: 1 credentials shown",
    },
    "host_keys/dropbear[refused]": {
        "step": "expect credentials",
        "observed": "1 connections at bastion: 1 credentials shown",
    },
}


class Hasty(Chain):
    @override
    def admit(
        self, session: Session, hop: Hop, index: int, authenticator: Authenticator, signers: tuple[Signer, ...]
    ) -> None:
        authenticator.log_in(session, signers)
        self.checker.check(session, hop, index)


class Faulty(Tunnel):
    @override
    def new_chain(self, io_loop: IoLoop) -> Chain:
        return Hasty(self.profile, self.parts, self.questioner, self.cancellation, io_loop)


if __name__ == "__main__":
    serve(Faulty, "sends_the_password_before_it_checks_the_key")
