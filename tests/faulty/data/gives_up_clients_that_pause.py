"""Gives a client up that has read nothing for a second, although data waits for it (airbytehq/airbyte#17346)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.pump import Pump

REJECTED_BY = {
    "data/paused_reader": {"step": "drain", "expected": "33554432 bytes"},
}

PATIENCE = 1.0


class Impatient(Pump):
    written = 0

    @override
    def deliver(self) -> None:
        before = sum(map(len, self.channel.received))
        super().deliver()
        left = sum(map(len, self.channel.received))
        if left < before:
            self.written += 1
        if left:
            known = self.written
            self.io_loop.call_later(PATIENCE, lambda: self.look(known))

    def look(self, known: int) -> None:
        if self.written == known and self.channel.received and not self.over:
            self.end()


class Faulty(Tunnel):
    parts = Parts(pump=Impatient)


if __name__ == "__main__":
    serve(Faulty, "gives_up_clients_that_pause")
