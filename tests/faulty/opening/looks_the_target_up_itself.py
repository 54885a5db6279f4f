"""Looks up the target's name on this machine, where only the server knows it (TableProApp/TablePro#338)."""

from __future__ import annotations

import socket
from collections.abc import Callable

from typing_extensions import override

from tunnel_impl import Endpoint, Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.listener import Listener
from tunnel_impl.profile import Target

REJECTED_BY = {
    "opening/unresolved_target": {
        "step": "open",
        "observed": "target-unresolved (nowhere.invalid cannot be looked up on this machine",
    },
    "database/postgresql": {
        "step": "open",
        "observed": "target-unresolved (postgresql.internal cannot be looked up on this machine",
    },
}


class Faulty(Tunnel):
    @override
    def bring_up(self, listen: Callable[[], Listener]) -> Endpoint:
        target = self.profile.target
        name = target.host if isinstance(target, Target) else "localhost"
        try:
            socket.gethostbyname(name)
        except OSError as error:
            raise TunnelError("target-unresolved", f"{name} cannot be looked up on this machine.") from error
        return super().bring_up(listen)


if __name__ == "__main__":
    serve(Faulty, "looks_the_target_up_itself")
