"""Looks up the target's name on this machine, and goes on when that fails (TableProApp/TablePro#338)."""

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
    "database/looked_up_by_the_bastion[internal-name]": {
        "step": "expect looked_up",
        "observed": "the resolver was asked for target",
    },
    "database/looked_up_by_the_bastion[name-that-nobody-knows]": {
        "step": "expect looked_up",
        "observed": "the resolver was asked for nowhere",
    },
}


class Chatty(Forwarder):
    @override
    def open_channel(self, pending: Pending) -> None:
        if isinstance(self.target, Target):
            with suppress(OSError):
                socket.gethostbyname(self.target.host)
        super().open_channel(pending)


class Faulty(Tunnel):
    @override
    def new_forwarder(self, listener: Listener, io_loop: IoLoop) -> Forwarder:
        return Chatty(listener, self.profile.target, self.profile.timeouts.open, io_loop, self.note)


if __name__ == "__main__":
    serve(Faulty, "looks_the_target_up_for_its_log")
