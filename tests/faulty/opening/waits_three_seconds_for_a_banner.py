"""Waits 3 s for a banner, whatever its profile allows (airbytehq/airbyte#24836; paramiko's banner_timeout)."""

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
    "opening/slow_server[banner]": {"step": "open", "observed": "timeout"},
}

_LIMIT = 3.0


class Hurried(Chain):
    @override
    def shake_hands(self, session: Session, hop: Hop) -> None:
        session.banner_seen = FixedLimit(session.banner_seen)
        super().shake_hands(session, hop)


class FixedLimit(threading.Event):
    def __init__(self, banner: threading.Event) -> None:
        super().__init__()
        self._banner = banner

    @override
    def set(self) -> None:
        self._banner.set()

    @override
    def wait(self, timeout: float | None = None) -> bool:
        return self._banner.wait(_LIMIT if timeout is None else min(timeout, _LIMIT))


class Faulty(Tunnel):
    @override
    def new_chain(self, io_loop: IoLoop) -> Chain:
        return Hurried(self.profile, self.parts, self.questioner, self.cancellation, io_loop, self.codes)


if __name__ == "__main__":
    serve(Faulty, "waits_three_seconds_for_a_banner")
