"""Connects to the target when the client speaks, so that a target that speaks first is never heard."""

from __future__ import annotations

from typing import ClassVar

from typing_extensions import override

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.forwarder import Forwarder, Pending
from tunnel_impl.forwarding.io_loop import READ, IoLoop
from tunnel_impl.forwarding.listener import Listener

REJECTED_BY = {
    "data/target_speaks_first": {
        "step": "echo",
        "expected": "a greeting of the target before its client speaks, within 5 s",
        "observed": "0 of its 32 bytes",
    },
    "database/mariadb": {"step": "query", "expected": "1000 rows from MariaDB"},
    "database/two_hops[mariadb]": {"step": "query", "expected": "1000 rows from MariaDB"},
}


class Lazy(Forwarder):
    spoken: ClassVar[set[Pending]] = set()

    @override
    def open_channel(self, pending: Pending) -> None:
        if pending in self.spoken:
            super().open_channel(pending)
        else:
            self.io_loop.watch(pending.sock, READ, lambda _: self.hear(pending))

    def hear(self, pending: Pending) -> None:
        self.io_loop.watch(pending.sock, 0, self.look_away)
        self.spoken.add(pending)
        self.open_channel(pending)


class Faulty(Tunnel):
    @override
    def new_forwarder(self, listener: Listener, io_loop: IoLoop) -> Forwarder:
        return Lazy(listener, self.profile.target, self.profile.timeouts.open, io_loop, self.note)


if __name__ == "__main__":
    serve(Faulty, "opens_channels_at_the_clients_first_byte")
