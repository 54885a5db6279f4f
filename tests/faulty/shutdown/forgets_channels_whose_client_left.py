"""Sees that a client left while its channel was opened, and forgets the channel (ronf/asyncssh#823)."""

from __future__ import annotations

import socket

from typing_extensions import override

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.forwarder import Forwarder, Pending
from tunnel_impl.forwarding.io_loop import IoLoop
from tunnel_impl.forwarding.listener import Listener
from tunnel_impl.ssh.channel import Phase

REJECTED_BY = {
    "shutdown/abandoned_while_opening": {"step": "expect target_connections", "observed": "100 open connections"},
}


def has_left(sock: socket.socket) -> bool:
    return bool(sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR))


class Forgetful(Forwarder):
    @override
    def settle(self, pending: Pending) -> None:
        opened = pending.channel is not None and pending.channel.phase is Phase.OPEN
        if opened and pending in self.pending and has_left(pending.sock):
            pending.channel = None
            self.drop(pending)
        else:
            super().settle(pending)


class Faulty(Tunnel):
    @override
    def new_forwarder(self, listener: Listener, io_loop: IoLoop) -> Forwarder:
        return Forgetful(listener, self.profile.target, self.profile.timeouts.open, io_loop, self.note)


if __name__ == "__main__":
    serve(Faulty, "forgets_channels_whose_client_left")
