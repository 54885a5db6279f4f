"""Loopback ports that stay a world's own while the node behind one is down."""

from __future__ import annotations

import socket
import sys
from contextlib import ExitStack

HOST = "127.0.0.1"
OF_TUNNELS = range(60000, 65001)
"""Where a tunnel picks its local port (DESIGN §8), and could pick that of a node that is down."""


class Ports:
    """Picks free ports and keeps them.

    On Linux a socket that is bound but does not listen keeps the port: connections are refused, nobody
    gets it by chance, and the node can still listen on it (socket(7), SO_REUSEADDR). Elsewhere the port is
    only picked.
    """

    def __init__(self) -> None:
        self._sockets: list[socket.socket] = []

    def pick(self) -> int:
        """Return a port that is free now, and none of those that tunnels pick. Raises OSError when there is none."""
        with ExitStack() as unsuitable:
            while True:
                holder = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
                holder.bind((HOST, 0))
                port: int = holder.getsockname()[1]
                if port not in OF_TUNNELS:
                    break
                unsuitable.enter_context(holder)
        if sys.platform == "linux":
            holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self._sockets.append(holder)
        else:
            holder.close()
        return port

    def close(self) -> None:
        """Give the ports back; a second call does nothing."""
        while self._sockets:
            self._sockets.pop().close()
