"""Takes the first free local port from 40000 on."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.listener import Listener
from tunnel_impl.profile import Local

REJECTED_BY = {
    "local/ports_from_60000": {"step": "expect local_port", "expected": "a local port in 60000..65000"},
}


class Anywhere(Listener):
    @override
    def ports(self, local: Local) -> range:
        return super().ports(local) if local.port else range(40_000, 50_000)


class Faulty(Tunnel):
    @override
    def listen(self) -> Listener:
        return Anywhere(self.profile.local)


if __name__ == "__main__":
    serve(Faulty, "listens_on_ports_from_40000")
