"""Keeps what the target says first on its first connection until the client speaks; all others are forwarded well."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.forwarder import Forwarder, Pending
from tunnel_impl.forwarding.io_loop import READ, IoLoop
from tunnel_impl.forwarding.listener import Listener
from tunnel_impl.ssh.channel import Phase

REJECTED_BY = {
    "data/target_speaks_first": {
        "step": "echo",
        "expected": "a greeting of the target before its client speaks, within 5 s",
        "observed": "0 of its 32 bytes",
    },
}


class Mute(Forwarder):
    muted: Pending | None = None
    spoken = False

    @override
    def settle(self, pending: Pending) -> None:
        self.muted = self.muted or pending
        channel = pending.channel
        if pending is self.muted and not self.spoken and channel and channel.phase is Phase.OPEN:
            self.io_loop.watch(pending.sock, READ, lambda _events: self._unmute(pending))
        else:
            super().settle(pending)

    def _unmute(self, pending: Pending) -> None:
        self.spoken = True
        self.io_loop.watch(pending.sock, 0, self.look_away)
        self.settle(pending)


class Faulty(Tunnel):
    @override
    def new_forwarder(self, listener: Listener, io_loop: IoLoop) -> Forwarder:
        return Mute(listener, self.profile.target, self.profile.timeouts.open, io_loop, self.note)


if __name__ == "__main__":
    serve(Faulty, "mutes_its_first_connection")
