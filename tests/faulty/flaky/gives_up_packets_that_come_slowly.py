"""Takes a packet for broken whose bytes come over a longer time than it allows (class DATA-9)."""

from __future__ import annotations

import time

from paramiko import SSHException

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.ssh.session import Session
from tunnel_impl.ssh.wire import Wire

REJECTED_BY = {
    "flaky/narrow_and_sliced": {"step": "transfer", "expected": "262144 bytes"},
}

LARGE = 1 << 12
PATIENCE = 0.03


class Hasty(Session):
    def __init__(self, wire: Wire, host_key_algorithms: tuple[str, ...]) -> None:
        super().__init__(wire, host_key_algorithms)
        read_all = self.packetizer.read_all

        def read_soon(count: int, check_rekey: bool = False) -> bytes:
            began = time.monotonic()
            data: bytes = read_all(count, check_rekey)
            if count > LARGE and time.monotonic() - began > PATIENCE:
                raise SSHException("a packet took too long")
            return data

        self.packetizer.read_all = read_soon


class Faulty(Tunnel):
    parts = Parts(session=Hasty)


if __name__ == "__main__":
    serve(Faulty, "gives_up_packets_that_come_slowly")
