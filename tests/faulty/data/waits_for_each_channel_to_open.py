"""Does nothing else while the server opens a channel (ParallelSSH/ssh2-python#34)."""

from __future__ import annotations

import time

from typing_extensions import override

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.forwarder import Forwarder, Pending
from tunnel_impl.forwarding.io_loop import IoLoop
from tunnel_impl.forwarding.listener import Listener
from tunnel_impl.ssh.channel import Phase

REJECTED_BY = {
    "data/stuck_neighbours[unanswered]": {
        "step": "echo",
        "expected": "an echo within 2.5 s",
        "observed": "0 of 1024 bytes came back",
    },
    "data/stuck_neighbours[both]": {"step": "echo", "observed": "0 of 1024 bytes came back"},
    "data/opened_over_a_long_line": {"step": "connect", "observed": "0 of 64 bytes came back"},
}

PATIENCE = 5.0


class Waiting(Forwarder):
    @override
    def open_channel(self, pending: Pending) -> None:
        super().open_channel(pending)
        until = time.monotonic() + PATIENCE
        while pending.channel and pending.channel.phase is Phase.OPENING and time.monotonic() < until:
            time.sleep(0.005)
        self.settle(pending)


class Faulty(Tunnel):
    @override
    def new_forwarder(self, listener: Listener, io_loop: IoLoop) -> Forwarder:
        return Waiting(listener, self.profile.target, self.profile.timeouts.open, io_loop, self.note)


if __name__ == "__main__":
    serve(Faulty, "waits_for_each_channel_to_open")
