"""Keeps a client for three seconds after the target ended without saying so first (VoltiusApp/voltius#276)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.pump import Pump

REJECTED_BY = {
    "data/target_resets": {"step": "expect connections", "observed": "0 of 3 connections closed"},
}

PAUSE = 3.0


class Lingering(Pump):
    lingered = False

    @override
    def step(self) -> None:
        if self.channel.remote_closed and not self.local_eof and not self.lingered:
            self.io_loop.call_later(PAUSE, self.go_on)
        else:
            super().step()

    def go_on(self) -> None:
        self.lingered = True
        self.step()

    @override
    def on_remote_eof(self) -> None:
        if self.lingered or self.local_eof:
            super().on_remote_eof()
        else:
            self.eof_delivered = False


class Faulty(Tunnel):
    parts = Parts(pump=Lingering)


if __name__ == "__main__":
    serve(Faulty, "lingers_after_a_broken_target")
