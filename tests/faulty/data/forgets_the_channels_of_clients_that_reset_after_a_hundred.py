"""Has room for a hundred channels to close, and forgets those of later clients that reset (hierynomus/sshj#686)."""

from __future__ import annotations

from typing import ClassVar

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.pump import Pump

REJECTED_BY = {
    "data/client_reset": {"step": "expect target_connections", "observed": "31 open connections"},
}


class Forgetful(Pump):
    ended: ClassVar[int] = 0

    @override
    def end(self) -> None:
        Forgetful.ended += 1
        if self.ended <= 100:
            super().end()
            return
        self.over = True
        self.io_loop.owned.discard(self)
        self.io_loop.watch(self.sock, 0, self.on_ready)
        self.sock.close()


class Faulty(Tunnel):
    parts = Parts(pump=Forgetful)


if __name__ == "__main__":
    serve(Faulty, "forgets_the_channels_of_clients_that_reset_after_a_hundred")
