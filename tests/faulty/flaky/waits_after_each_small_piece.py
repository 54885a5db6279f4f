"""Waits 200 ms after each small piece, as Nagle's algorithm does with delayed acknowledgements (class DATA-9)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.pump import Pump

REJECTED_BY = {
    "flaky/slices[behind-the-bastion]": {"step": "download", "expected": "131072 bytes within 30 s"},
}

SMALL = 1024


class Nagling(Pump):
    resting = False

    @override
    def deliver(self) -> None:
        received = self.channel.received
        while received and not self.resting:
            data = received.popleft()
            try:
                sent = self.sock.send(data)
            except BlockingIOError:
                sent = 0
            if sent < len(data):
                received.appendleft(data[sent:])
            self.channel.consume(sent)
            if not sent:
                return
            if len(data) < SMALL:
                self.resting = True
                self.io_loop.call_later(0.2, self.rested)

    def rested(self) -> None:
        self.resting = False
        self.step()

    @override
    def watch(self) -> None:
        if self.resting and self.channel.received:
            self.io_loop.watch(self.sock, 0, self.on_ready)
        else:
            super().watch()


class Faulty(Tunnel):
    parts = Parts(pump=Nagling)


if __name__ == "__main__":
    serve(Faulty, "waits_after_each_small_piece")
