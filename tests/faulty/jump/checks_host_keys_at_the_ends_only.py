"""Checks who the first and the last server are, and nobody between them (class HOST-5)."""

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
    "jump/middle_hop[changed-key]": {
        "step": "open",
        "expected": "open to be refused",
        "observed": "open reported success",
    },
    "trust/host_certificate_at_a_hop[expired-middle]": {"step": "open", "observed": "open reported success"},
    "trust/rules_at_each_hop[revoked-middle]": {
        "step": "open",
        "expected": "open to be refused",
        "observed": "open reported success",
    },
}


class Trusting(Chain):
    @override
    def admit(
        self, session: Session, hop: Hop, index: int, authenticator: Authenticator, signers: tuple[Signer, ...]
    ) -> None:
        if index in {0, len(self.profile.hops) - 1}:
            self.checker.check(session, hop, index)
        authenticator.log_in(session, signers)


class Faulty(Tunnel):
    @override
    def new_chain(self, io_loop: IoLoop) -> Chain:
        return Trusting(self.profile, self.parts, self.questioner, self.cancellation, io_loop, self.codes)


if __name__ == "__main__":
    serve(Faulty, "checks_host_keys_at_the_ends_only")
