"""Trusts whoever answers when it reconnects: the host key is checked once (class HOST-2)."""

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
    "trust/changed_during_reconnect": {"step": "expect credentials_shown", "observed": "2 credentials"},
}


class Trusting(Chain):
    @override
    def admit(
        self, session: Session, hop: Hop, index: int, authenticator: Authenticator, signers: tuple[Signer, ...]
    ) -> None:
        del hop, index
        authenticator.log_in(session, signers)


class Faulty(Tunnel):
    @override
    def new_chain(self, io_loop: IoLoop) -> Chain:
        kind = Trusting if self.forwarder else Chain
        return kind(self.profile, self.parts, self.questioner, self.cancellation, io_loop, self.codes)


if __name__ == "__main__":
    serve(Faulty, "checks_the_host_key_of_the_first_session_only")
