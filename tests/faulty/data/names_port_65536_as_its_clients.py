"""Names port 65536 as that of its client, as a counter without a bound does (RFC 4254 §7.2 has 32 bits for it)."""

from __future__ import annotations

from collections.abc import Callable

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.ssh.channel import Channel
from tunnel_impl.ssh.session import Session

REJECTED_BY = {
    "data/echo": {"step": "echo", "observed": "0 of 1024 bytes came back, then the connection ended"},
}


class Counting(Session):
    @override
    def open_direct(self, host: str, port: int, origin_port: int, on_change: Callable[[], None]) -> Channel:
        del origin_port
        return super().open_direct(host, port, 65536, on_change)


class Faulty(Tunnel):
    parts = Parts(session=Counting)


if __name__ == "__main__":
    serve(Faulty, "names_port_65536_as_its_clients")
