"""Does not end the attempt that is in flight when it is stopped while it reconnects (class REC-8)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve

REJECTED_BY = {
    "shutdown/stop_while_reconnecting[in-the-middle-of-an-attempt]": {
        "step": "expect listens",
        "expected": "no listening socket within",
    },
}


class Faulty(Tunnel):
    @override
    def close(self) -> None:
        if self.status().state == "reconnecting" and self.chain and self.chain.sessions:
            self.become("closed", None)
        else:
            super().close()


if __name__ == "__main__":
    serve(Faulty, "finishes_an_attempt_although_it_was_stopped")
