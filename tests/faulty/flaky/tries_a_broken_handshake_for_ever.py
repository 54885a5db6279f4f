"""Begins anew whenever a handshake breaks off, and never says so (class OPEN-9)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.io_loop import IoLoop
from tunnel_impl.life.chain import Chain

REJECTED_BY = {
    "flaky/cut_after_bytes[in-the-banner]": {
        "step": "open",
        "expected": "open to end within 12 s",
        "observed": "no answer",
    },
    "flaky/cut_after_bytes[in-the-key-exchange]": {
        "step": "open",
        "expected": "open to end within 12 s",
        "observed": "no answer",
    },
}


class Stubborn(Chain):
    @override
    def connect(self) -> None:
        while True:
            try:
                super().connect()
            except TunnelError as error:
                if error.code not in {"handshake-failed", "connection-lost"}:
                    raise
                self.sessions.clear()
                self.cancellation.sleep(0.1)
            else:
                return


class Faulty(Tunnel):
    @override
    def new_chain(self, io_loop: IoLoop) -> Chain:
        return Stubborn(self.profile, self.parts, self.questioner, self.cancellation, io_loop, self.codes)


if __name__ == "__main__":
    serve(Faulty, "tries_a_broken_handshake_for_ever")
