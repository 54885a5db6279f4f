"""Waits for a banner of SSH as long as it takes, whatever comes in its place, and whoever hangs up."""

from __future__ import annotations

import time

from typing_extensions import override

from tunnel_impl import Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.io_loop import IoLoop
from tunnel_impl.life.chain import Chain
from tunnel_impl.profile import Hop
from tunnel_impl.ssh.session import Session

REJECTED_BY = {
    "opening/no_ssh_server[web-server]": {
        "step": "open",
        "expected": "open to end within 12 s",
        "observed": "no answer",
    },
    "opening/no_ssh_server[mysql]": {"step": "open", "expected": "open to end within 12 s", "observed": "no answer"},
}


class Patient(Chain):
    @override
    def shake_hands(self, session: Session, hop: Hop) -> None:
        try:
            super().shake_hands(session, hop)
        except TunnelError:
            while not self.cancellation:
                time.sleep(0.1)
            raise


class Faulty(Tunnel):
    @override
    def new_chain(self, io_loop: IoLoop) -> Chain:
        return Patient(self.profile, self.parts, self.questioner, self.cancellation, io_loop, self.codes)


if __name__ == "__main__":
    serve(Faulty, "waits_for_ssh_whatever_is_spoken")
