"""Frees what it opened when it is closed, and not when opening fails (pahaz/sshtunnel#72, pahaz/sshtunnel#170)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve

REJECTED_BY = {
    "shutdown/comes_and_goes[login-refused]": {"step": "expect grown", "observed": ", threads +20, files +"},
    "shutdown/comes_and_goes[nobody-listens]": {"step": "expect grown", "observed": ", threads +10, files +"},
}


class Faulty(Tunnel):
    @override
    def discard(self) -> None:
        if self.status().state != "connecting" or self.cancellation:
            super().discard()
        elif self.chain:
            self.chain.end()


if __name__ == "__main__":
    serve(Faulty, "leaves_a_thread_for_each_failed_opening")
