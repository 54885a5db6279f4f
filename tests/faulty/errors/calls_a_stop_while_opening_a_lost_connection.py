"""Reports the opening of a tunnel that was stopped as a lost connection (class REC-8)."""

from __future__ import annotations

from collections.abc import Callable

from typing_extensions import override

from tunnel_impl import Endpoint, Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.listener import Listener

REJECTED_BY = {
    "errors/stopped_while_opening": {"step": "finish", "observed": "connection-lost"},
}


class Faulty(Tunnel):
    @override
    def open(self, listen: Callable[[], Listener] | None = None) -> Endpoint:
        try:
            return super().open(listen)
        except TunnelError as error:
            if error.code == "cancelled":
                raise TunnelError("connection-lost", "The connection was lost.") from error
            raise


if __name__ == "__main__":
    serve(Faulty, "calls_a_stop_while_opening_a_lost_connection")
