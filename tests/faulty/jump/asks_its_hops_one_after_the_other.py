"""Sends its keep-alives to one hop at a time in turn, and so to each at twice the interval (class LIV-14)."""

from __future__ import annotations

from dataclasses import replace

from typing_extensions import override

from tunnel_impl import Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.life.chain import Chain
from tunnel_impl.life.watchdog import Pack

REJECTED_BY = {
    "jump/silent_link[first-link]": {"step": "expect connections", "observed": "0 of 2 connections closed"},
    "jump/silent_link[second-link]": {"step": "expect connections", "observed": "0 of 2 connections closed"},
}


class Faulty(Tunnel):
    @override
    def watch(self, chain: Chain) -> TunnelError:
        keepalive = self.profile.keepalive
        slow = replace(keepalive, interval=keepalive.interval * len(chain.sessions))
        pack = Pack([self.parts.watchdog(slow, session) for session in chain.sessions])
        while not chain.ended and not self.cancellation:
            if pack.check() is not None:
                return TunnelError("connection-lost", "A hop no longer answers.")
            if self.wake.wait(pack.pause()):
                self.wake.clear()
        return chain.loss()


if __name__ == "__main__":
    serve(Faulty, "asks_its_hops_one_after_the_other")
