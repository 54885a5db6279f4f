"""Takes a partial write to the local socket for a whole one (libssh2/libssh2#525, libssh2/libssh2#1945)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.pump import Pump

REJECTED_BY = {
    "data/slow_reader": {"step": "download", "observed": "a wrong byte between"},
}


class Careless(Pump):
    @override
    def deliver(self) -> None:
        received = self.channel.received
        while received:
            try:
                self.sock.send(received[0])
            except BlockingIOError:
                return
            self.channel.consume(len(received.popleft()))


class Faulty(Tunnel):
    parts = Parts(pump=Careless)


if __name__ == "__main__":
    serve(Faulty, "ignores_short_writes")
