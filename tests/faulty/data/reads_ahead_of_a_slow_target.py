"""Takes from a client whatever it sends, and keeps what the target has no room for (hierynomus/sshj#658)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.io_loop import READ, WRITE
from tunnel_impl.forwarding.pump import Pump

REJECTED_BY = {
    "data/unread_upload[target-reads-nothing]": {"step": "fill", "expected": "at most 67108864 bytes to be taken"},
}

PIECE = 1 << 17


class Greedy(Pump):
    @override
    def start(self) -> None:
        self.ahead = bytearray()
        super().start()

    @override
    def step(self) -> None:
        while self.ahead and (room := self.channel.room()):
            self.channel.send(bytes(self.ahead[:room]))
            del self.ahead[:room]
        if self.local_eof and not self.ahead:
            self.channel.send_eof()
        super().step()

    @override
    def on_local_eof(self) -> None:
        """Send it after what is kept."""

    @override
    def watch(self) -> None:
        events = 0 if self.local_eof else READ
        self.io_loop.watch(self.sock, events | (WRITE if self.channel.received else 0), self.on_ready)

    @override
    def read(self) -> None:
        try:
            data = self.sock.recv(PIECE)
        except BlockingIOError:
            return
        self.local_eof = not data
        self.ahead += data


class Faulty(Tunnel):
    parts = Parts(pump=Greedy)


if __name__ == "__main__":
    serve(Faulty, "reads_ahead_of_a_slow_target")
