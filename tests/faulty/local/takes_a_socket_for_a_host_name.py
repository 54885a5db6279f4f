"""Asks the server for a host whose name is the path of the socket (TableProApp/TablePro#1871)."""

from __future__ import annotations

from collections.abc import Callable

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.ssh.channel import Channel
from tunnel_impl.ssh.session import Session

REJECTED_BY = {
    "local/unix_socket": {"step": "echo", "observed": "0 of 1024 bytes came back"},
}


class Naive(Session):
    @override
    def open_socket(self, path: str, on_change: Callable[[], None]) -> Channel:
        return self.open_direct(path, 0, 0, on_change)


class Faulty(Tunnel):
    parts = Parts(session=Naive)


if __name__ == "__main__":
    serve(Faulty, "takes_a_socket_for_a_host_name")
