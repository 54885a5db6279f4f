"""Calls whatever is not an SSH server a connection that was refused."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.io_loop import IoLoop
from tunnel_impl.life.chain import Chain
from tunnel_impl.profile import Hop
from tunnel_impl.ssh.session import Session

REJECTED_BY = {
    "errors/no_ssh_server[web-server]": {"step": "open", "observed": "connection-refused"},
    "errors/no_ssh_server[mysql]": {"step": "open", "observed": "connection-refused"},
}


class Brief(Chain):
    @override
    def shake_hands(self, session: Session, hop: Hop) -> None:
        try:
            super().shake_hands(session, hop)
        except TunnelError as error:
            raise TunnelError("connection-refused", "Connection refused: check that the SSH server runs.") from error


class Faulty(Tunnel):
    @override
    def new_chain(self, io_loop: IoLoop) -> Chain:
        return Brief(self.profile, self.parts, self.questioner, self.cancellation, io_loop, self.codes)


if __name__ == "__main__":
    serve(Faulty, "calls_every_server_that_is_none_a_closed_port")
