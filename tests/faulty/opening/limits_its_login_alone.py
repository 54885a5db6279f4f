"""Limits banner and key exchange together, and the login by a limit of its own, as ConnectTimeout-like settings do."""

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
    "opening/slow_at_two_stages[banner-and-login]": {"step": "open", "observed": "open reported success"},
    "opening/slow_at_two_stages[key-exchange-and-login]": {"step": "open", "observed": "open reported success"},
}


class Generous(Chain):
    @override
    def admit(
        self, session: Session, hop: Hop, index: int, authenticator: Authenticator, signers: tuple[Signer, ...]
    ) -> None:
        authenticator.limit(self.timeout)
        super().admit(session, hop, index, authenticator, signers)


class Faulty(Tunnel):
    @override
    def new_chain(self, io_loop: IoLoop) -> Chain:
        return Generous(self.profile, self.parts, self.questioner, self.cancellation, io_loop, self.codes)


if __name__ == "__main__":
    serve(Faulty, "limits_its_login_alone")
