"""Looks whether it can reach the last server by itself before it passes the jump hosts."""

from __future__ import annotations

import socket
from contextlib import suppress

from typing_extensions import override

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.io_loop import IoLoop
from tunnel_impl.life.chain import Chain

REJECTED_BY = {
    "jump/looked_up_by_the_server_before[two-servers]": {"step": "expect looked_up", "observed": "bastion2.internal"},
    "jump/looked_up_by_the_server_before[three-servers]": {"step": "expect looked_up", "observed": "last.internal"},
    "jump/looked_up_by_the_server_before[three-servers-of-a-configuration]": {
        "step": "expect looked_up",
        "observed": "last.internal",
    },
}


class Faulty(Tunnel):
    @override
    def new_chain(self, io_loop: IoLoop) -> Chain:
        last = self.profile.hops[-1]
        with suppress(OSError):
            socket.create_connection((last.host, last.port), 0.5).close()
        return super().new_chain(io_loop)


if __name__ == "__main__":
    serve(Faulty, "tries_the_last_server_directly_first")
