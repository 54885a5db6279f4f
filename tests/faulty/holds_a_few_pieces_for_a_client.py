"""Keeps the last sixteen pieces of data that wait for a client, however small (class DATA-9)."""

from __future__ import annotations


from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.pump import Pump


class Bounded(Pump):
    def step(self) -> None:
        while len(self.channel.received) > MOST:
            self.channel.consume(len(self.channel.received.popleft()))
        super().step()


class Faulty(Tunnel):
    parts = Parts(pump=Bounded)


MOST = 16


if __name__ == "__main__":
    serve(Faulty, "holds_a_few_pieces_for_a_client")
