"""Waits for its clients to hang up before it stops (pahaz/sshtunnel#138)."""

from __future__ import annotations

import time

from typing_extensions import override

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.pump import Pump

REJECTED_BY = {
    "shutdown/stop_with_open_connections": {"step": "close", "observed": "no answer by then"},
}


class Faulty(Tunnel):
    @override
    def close(self) -> None:
        while self.io_loop and any(isinstance(one, Pump) for one in tuple(self.io_loop.owned)):
            time.sleep(0.05)
        super().close()


if __name__ == "__main__":
    serve(Faulty, "stops_only_when_its_clients_have_gone")
