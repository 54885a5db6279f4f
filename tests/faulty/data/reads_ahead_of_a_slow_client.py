"""Lets the server go on, whether the client has read what came or not (net-ssh/net-ssh#1002, Eugeny/russh#176)."""

from __future__ import annotations

from collections import deque

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.pump import Pump
from tunnel_impl.ssh.channel import Channel

REJECTED_BY = {
    "data/unread_download": {"step": "expect grown", "observed": "memory +"},
}


class Unbounded(deque[bytes]):
    def __init__(self, channel: Channel) -> None:
        super().__init__()
        self.channel = channel

    @override
    def append(self, data: bytes) -> None:
        super().append(data)
        self.channel.consume(len(data))


class Greedy(Pump):
    @override
    def start(self) -> None:
        self.channel.received = Unbounded(self.channel)
        super().start()


class Faulty(Tunnel):
    parts = Parts(pump=Greedy)


if __name__ == "__main__":
    serve(Faulty, "reads_ahead_of_a_slow_client")
