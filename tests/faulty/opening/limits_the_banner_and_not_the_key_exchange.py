"""Waits for keys as long as it takes once the banner is there (golang/go#15113, ronf/asyncssh#86)."""

from __future__ import annotations

import threading

from typing_extensions import override

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.io_loop import IoLoop
from tunnel_impl.life.chain import Chain
from tunnel_impl.profile import Hop
from tunnel_impl.ssh.session import Session

REJECTED_BY = {
    "opening/silent_key_exchange": {"step": "open", "expected": "open to end within 12 s", "observed": "no answer"},
}


class Patient(Chain):
    @override
    def shake_hands(self, session: Session, hop: Hop) -> None:
        session.banner_seen = GreetedOnce(self, session.banner_seen)
        super().shake_hands(session, hop)


class GreetedOnce(threading.Event):
    def __init__(self, chain: Patient, banner: threading.Event) -> None:
        super().__init__()
        self._chain, self._banner = chain, banner

    @override
    def set(self) -> None:
        self._banner.set()

    @override
    def wait(self, timeout: float | None = None) -> bool:
        seen = self._banner.wait(timeout)
        self._chain.timeout = 3600
        return seen


class Faulty(Tunnel):
    @override
    def new_chain(self, io_loop: IoLoop) -> Chain:
        return Patient(self.profile, self.parts, self.questioner, self.cancellation, io_loop, self.codes)


if __name__ == "__main__":
    serve(Faulty, "limits_the_banner_and_not_the_key_exchange")
