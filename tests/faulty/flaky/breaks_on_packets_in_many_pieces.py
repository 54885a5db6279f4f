"""Gives a packet up that has not come whole in forty pieces (libssh2/libssh2#525)."""

from __future__ import annotations

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.ssh.session import Session
from tunnel_impl.ssh.wire import Wire

REJECTED_BY = {
    "flaky/slices[before-the-bastion]": {"step": "download", "observed": "0 bytes, then connection reset by peer"},
}

MOST = 40


class Impatient(Session):
    pieces = 0

    def __init__(self, wire: Wire, host_key_algorithms: tuple[str, ...]) -> None:
        self.read = wire.recv
        wire.recv = self.receive  # the chain makes the wire
        super().__init__(wire, host_key_algorithms)

    def receive(self, count: int) -> bytes:
        data = self.read(count)
        self.pieces = self.pieces + 1 if len(data) < count else 0
        return data if self.pieces <= MOST else b""


class Faulty(Tunnel):
    parts = Parts(session=Impatient)


if __name__ == "__main__":
    serve(Faulty, "breaks_on_packets_in_many_pieces")
