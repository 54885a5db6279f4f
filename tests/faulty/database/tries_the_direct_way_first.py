"""Looks whether it can reach the target itself before it uses the tunnel (libredb/libredb-studio#457)."""

from __future__ import annotations

import socket
from contextlib import suppress

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.forwarder import Forwarder, _Pending
from tunnel_impl.forwarding.listener import Listener
from tunnel_impl.forwarding.relay import Relay

REJECTED_BY = {
    "database/localhost_of_the_bastion": "expected no connection to the target's port on this machine",
}


class Curious(Forwarder):
    def _open(self, pending: _Pending) -> None:
        with suppress(OSError):
            socket.create_connection((self._target.host, self._target.port), 0.2).close()
        super()._open(pending)


class Faulty(Tunnel):
    def _new_forwarder(self, listener: Listener, relay: Relay) -> Forwarder:
        return Curious(listener, self.profile.target, self.profile.timeouts.open, relay, self._note)


if __name__ == "__main__":
    serve(Faulty, "tries_the_direct_way_first")
