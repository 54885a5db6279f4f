"""Gives its endpoint to whoever asks for it, whether a session stands behind it or not (TableProApp/TablePro#739)."""

from __future__ import annotations

from collections.abc import Callable

from typing_extensions import override

from tunnel_impl import Endpoint, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.listener import Listener

REJECTED_BY = {
    "reconnect/endpoint_while_down": {"step": "echo", "observed": "0 of 1024 bytes came back"},
}


class Faulty(Tunnel):
    @override
    def open(self, listen: Callable[[], Listener] | None = None) -> Endpoint:
        return self.status().endpoint or super().open(listen)


if __name__ == "__main__":
    serve(Faulty, "hands_out_the_endpoint_that_it_had")
