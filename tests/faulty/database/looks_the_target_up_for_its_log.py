"""Looks up the target's name on this machine, and goes on when that fails (TableProApp/TablePro#338)."""

from __future__ import annotations

import socket
from contextlib import suppress

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.forwarder import Forwarder, _Pending
from tunnel_impl.forwarding.listener import Listener
from tunnel_impl.forwarding.relay import Relay

REJECTED_BY = {
    "database/looked_up_by_the_bastion[internal-name]": "observed the resolver was asked for target",
    "database/looked_up_by_the_bastion[name-that-nobody-knows]": "observed the resolver was asked for nowhere",
}


class Chatty(Forwarder):
    def _open(self, pending: _Pending) -> None:
        with suppress(OSError):
            socket.gethostbyname(self._target.host)
        super()._open(pending)


class Faulty(Tunnel):
    def _new_forwarder(self, listener: Listener, relay: Relay) -> Forwarder:
        return Chatty(listener, self.profile.target, self.profile.timeouts.open, relay, self._note)


if __name__ == "__main__":
    serve(Faulty, "looks_the_target_up_for_its_log")
