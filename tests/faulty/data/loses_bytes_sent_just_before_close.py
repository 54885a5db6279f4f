"""Collects what arrives for a moment, and drops it when the target closes meanwhile (apache/mina-sshd#33)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.pump import Pump

REJECTED_BY = {
    "data/download_then_close[1-byte]": {"step": "download", "observed": "0 bytes, then the end"},
    "data/download_then_close[1-packet]": {"step": "download", "expected": "32768 bytes"},
    "data/download_then_close[1-mebibyte]": {"step": "download", "expected": "1048576 bytes"},
    "database/login_refused[mariadb]": {"step": "query", "expected": "MariaDB to refuse the login"},
    "database/login_refused[postgresql]": {"step": "query", "expected": "PostgreSQL to refuse the login"},
}


class Hasty(Pump):
    @override
    def wake(self) -> None:
        self.io_loop.call(lambda: self.io_loop.call_later(0.1, self.step))

    @override
    def step(self) -> None:
        if self.channel.remote_eof:
            self.channel.received.clear()
        super().step()


class Faulty(Tunnel):
    parts = Parts(pump=Hasty)


if __name__ == "__main__":
    serve(Faulty, "loses_bytes_sent_just_before_close")
