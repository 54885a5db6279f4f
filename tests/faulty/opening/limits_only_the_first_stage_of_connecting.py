"""Limits the time of the TCP connection, and waits for the banner as long as it takes (golang/go#15113)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.io_loop import IoLoop
from tunnel_impl.life.chain import Chain
from tunnel_impl.profile import Hop
from tunnel_impl.ssh.session import Session

REJECTED_BY = {
    "opening/server_frozen": {"step": "open", "expected": "open to end within 7 s", "observed": "no answer"},
}


class Patient(Chain):
    @override
    def shake_hands(self, session: Session, hop: Hop) -> None:
        given, self.timeout = self.timeout, 3600
        try:
            super().shake_hands(session, hop)
        finally:
            self.timeout = given


class Faulty(Tunnel):
    @override
    def new_chain(self, io_loop: IoLoop) -> Chain:
        return Patient(self.profile, self.parts, self.questioner, self.cancellation, io_loop, self.codes)


if __name__ == "__main__":
    serve(Faulty, "limits_only_the_first_stage_of_connecting")
