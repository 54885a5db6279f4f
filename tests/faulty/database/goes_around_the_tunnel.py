"""Connects to the target itself (libredb/libredb-studio#457, metabase/metabase#13391)."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress

from typing_extensions import override

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.forwarder import Forwarder, Pending
from tunnel_impl.forwarding.io_loop import IoLoop
from tunnel_impl.forwarding.listener import Listener
from tunnel_impl.profile import Target

REJECTED_BY = {
    "database/never_directly": {"step": "echo", "observed": "0 of 1024 bytes came back"},
}


class Direct(Forwarder):
    @override
    def open_channel(self, pending: Pending) -> None:
        assert isinstance(self.target, Target)
        try:
            around = socket.create_connection((self.target.host, self.target.port), 1)
        except OSError:
            self.drop(pending)
            return
        self.pending.discard(pending)
        for one, other in ((pending.sock, around), (around, pending.sock)):
            threading.Thread(target=copy, args=(one, other), daemon=True).start()


def copy(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):
        while data := one.recv(1 << 16):
            other.sendall(data)
        other.shutdown(socket.SHUT_WR)


class Faulty(Tunnel):
    @override
    def new_forwarder(self, listener: Listener, io_loop: IoLoop) -> Forwarder:
        return Direct(listener, self.profile.target, self.profile.timeouts.open, io_loop, self.note)


if __name__ == "__main__":
    serve(Faulty, "goes_around_the_tunnel")
