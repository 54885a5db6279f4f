"""Reconnects the last hop through the session of the first, alive or not (TableProApp/TablePro#1772)."""

from __future__ import annotations

from typing import ClassVar

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
    "jump/killed_hop[first-hop]": {"step": "works_again", "expected": "a client to be served again within 10 s"},
    "jump/killed_hop[second-hop]": {"step": "works_again", "expected": "a client to be served again within 10 s"},
}


class Partial(Chain):
    before: ClassVar[list[Session]] = []

    @override
    def add_hop(self, index: int, hop: Hop, authenticator: Authenticator, signers: tuple[Signer, ...]) -> None:
        if index < len(self.before):
            self.sessions.append(self.before[index])
            return
        super().add_hop(index, hop, authenticator, signers)
        if index < len(self.profile.hops) - 1:
            self.before.append(self.sessions[-1])


class Faulty(Tunnel):
    @override
    def new_chain(self, io_loop: IoLoop) -> Chain:
        return Partial(self.profile, self.parts, self.questioner, self.cancellation, io_loop, self.codes)


if __name__ == "__main__":
    serve(Faulty, "rebuilds_only_the_last_hop")
