"""Offers the tunnel to the whole network where its profile does not say the local host (blinksh/blink#1915)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel, profile
from tunnel_impl.adapter import serve
from tunnel_impl.fields import Fields
from tunnel_impl.forwarding.listener import Listener
from tunnel_impl.profile import Local

REJECTED_BY = {
    "local/default_host": {"step": "expect listens", "observed": "0.0.0.0"},
}


class Open(Listener):
    @override
    @property
    def address(self) -> str:
        return "127.0.0.1"


class Faulty(Tunnel):
    parts = Parts(listener=Open)


def exposed(section: Fields) -> Local:
    with section:
        return Local(section.text("host", "0.0.0.0"), section.port("port", 0, lowest=0))


profile.read_local = exposed


if __name__ == "__main__":
    serve(Faulty, "listens_on_every_address_by_default")
