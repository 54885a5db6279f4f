"""Waits until its clients have read what has arrived for them before it stops (pahaz/sshtunnel#98)."""

from __future__ import annotations

import time

from tunnel_impl import Tunnel
from tunnel_impl.adapter.service import serve
from tunnel_impl.forwarding.pump import Pump


class Faulty(Tunnel):
    def close(self) -> None:
        while self._relay and any(isinstance(one, Pump) and one.channel.received for one in tuple(self._relay.owned)):
            time.sleep(0.05)
        super().close()


if __name__ == "__main__":
    serve(Faulty, "delivers_everything_before_it_stops")
