"""Listens for the tunnel that takes its place before it gives its own port up (class REC-5)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.listener import Listener
from tunnel_impl.profile import Local

REJECTED_BY = {
    "reconnect/replaced_on_its_port": {"step": "reopen", "observed": "port-in-use"},
}


class Faulty(Tunnel):
    @override
    def share_listener(self, local: Local) -> Listener | None:
        del local
        return None


if __name__ == "__main__":
    serve(Faulty, "finds_its_own_port_taken_when_it_is_replaced")
