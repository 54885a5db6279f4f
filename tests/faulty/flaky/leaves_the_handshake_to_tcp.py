"""Waits for the end of the handshake as long as TCP keeps the connection (ronf/asyncssh#86)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.io_loop import IoLoop
from tunnel_impl.life.chain import Chain
from tunnel_impl.profile import Hop
from tunnel_impl.ssh.session import Session

REJECTED_BY = {
    "flaky/black_hole": {"step": "open", "expected": "open to end within 12 s", "observed": "no answer"},
}


class Patient(Chain):
    @override
    def shake_hands(self, session: Session, hop: Hop) -> None:
        try:
            super().shake_hands(session, hop)
        except TunnelError as error:
            if error.code != "timeout":
                raise
            session.keys_agreed.wait()


class Faulty(Tunnel):
    @override
    def new_chain(self, io_loop: IoLoop) -> Chain:
        return Patient(self.profile, self.parts, self.questioner, self.cancellation, io_loop, self.codes)


if __name__ == "__main__":
    serve(Faulty, "leaves_the_handshake_to_tcp")
