"""Keeps to the windows of its channels, and queues what the link itself has no room for (class DATA-6)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.pump import Pump
from tunnel_impl.ssh.session import Session

REJECTED_BY = {
    "data/unread_upload[narrow-link]": {"step": "fill", "expected": "at most 67108864 bytes to be taken"},
}


class Queueing(Session):
    @override
    def ready_for_data(self) -> bool:
        return self.clear_to_send.is_set()


class Eager(Pump):
    @override
    def step(self) -> None:
        self.channel.window = 1 << 30
        super().step()


class Faulty(Tunnel):
    parts = Parts(session=Queueing, pump=Eager)


if __name__ == "__main__":
    serve(Faulty, "queues_for_a_narrow_link")
