"""Asks the server for ::1 where the profile says localhost, which PermitOpen keeps apart.

See beekeeper-studio/beekeeper-studio#1240.
"""

from __future__ import annotations

from collections.abc import Callable

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.ssh.channel import Channel
from tunnel_impl.ssh.session import Session

REJECTED_BY = {
    "opening/permitted_literally": {"step": "echo", "observed": "0 of 1024 bytes came back"},
}


class Literal(Session):
    @override
    def open_direct(self, host: str, port: int, origin_port: int, on_change: Callable[[], None]) -> Channel:
        return super().open_direct("::1" if host == "localhost" else host, port, origin_port, on_change)


class Faulty(Tunnel):
    parts = Parts(session=Literal)


if __name__ == "__main__":
    serve(Faulty, "takes_localhost_for_an_ipv6_address")
