"""Looks up the target's name on this machine, where only the server knows it (TableProApp/TablePro#338)."""

from __future__ import annotations

import socket
from collections.abc import Callable

from tunnel_impl import Endpoint, Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.listener import Listener

REJECTED_BY = {
    "opening/unresolved_target": "observed target-unresolved (nowhere.invalid cannot be looked up on this machine",
    "database/postgresql": "observed target-unresolved (postgresql.internal cannot be looked up on this machine",
}


class Faulty(Tunnel):
    def _open(self, listen: Callable[[], Listener]) -> Endpoint:
        target = self.profile.target.host
        try:
            socket.gethostbyname(target)
        except OSError as error:
            raise TunnelError("target-unresolved", f"{target} cannot be looked up on this machine.") from error
        return super()._open(listen)


if __name__ == "__main__":
    serve(Faulty, "looks_the_target_up_itself")
