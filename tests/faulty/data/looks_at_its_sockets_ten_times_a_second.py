"""Looks every 100 ms whether a client has sent something (class DATA-5)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.pump import Pump

REJECTED_BY = {
    "data/long_line[round-trips]": {"step": "compare", "expected": "at least 0.5 of the speed of ssh -L"},
}

_PAUSE = 0.1


class Polling(Pump):
    waits = False

    @override
    def wake(self) -> None:
        if not self.waits and not self.over:
            self.waits = True
            self.io_loop.call(lambda: self.io_loop.call_later(_PAUSE, self._look))

    def _look(self) -> None:
        self.waits = False
        if not self.over:
            super().wake()


class Faulty(Tunnel):
    parts = Parts(pump=Polling)


if __name__ == "__main__":
    serve(Faulty, "looks_at_its_sockets_ten_times_a_second")
