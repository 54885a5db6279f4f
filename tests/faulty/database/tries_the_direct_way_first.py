"""Looks whether it can reach the target itself before it uses the tunnel (libredb/libredb-studio#457)."""

from __future__ import annotations

import socket
from contextlib import suppress

from typing_extensions import override

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.forwarder import Forwarder, Pending
from tunnel_impl.forwarding.io_loop import IoLoop
from tunnel_impl.forwarding.listener import Listener
from tunnel_impl.profile import Target

REJECTED_BY = {
    "database/localhost_of_the_bastion": {
        "step": "expect decoy",
        "expected": "no connection to the target's port on this machine",
    },
}


class Curious(Forwarder):
    @override
    def open_channel(self, pending: Pending) -> None:
        assert isinstance(self.target, Target)
        with suppress(OSError):
            socket.create_connection((self.target.host, self.target.port), 0.2).close()
        super().open_channel(pending)


class Faulty(Tunnel):
    @override
    def new_forwarder(self, listener: Listener, io_loop: IoLoop) -> Forwarder:
        return Curious(listener, self.profile.target, self.profile.timeouts.open, io_loop, self.note)


if __name__ == "__main__":
    serve(Faulty, "tries_the_direct_way_first")
