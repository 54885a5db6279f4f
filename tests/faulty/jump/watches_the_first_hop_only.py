"""Sends keep-alives to the first server only, which answers for all (class LIV-14)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.life.chain import Chain
from tunnel_impl.life.watchdog import Pack

REJECTED_BY = {
    "jump/forgetful_middlebox[middle]": {"step": "echo", "observed": "0 of 1024 bytes came back"},
    "jump/forgetful_middlebox[bastion2]": {"step": "echo", "observed": "0 of 1024 bytes came back"},
    "jump/broken_behind_a_slow_link[silent]": {"step": "expect connections", "observed": "0 of 1 connections closed"},
    "jump/frozen_hop[second-hop]": {"step": "expect connections", "observed": "0 of 2 connections closed"},
    "jump/middle_hop[frozen]": {"step": "expect connections", "observed": "0 of 2 connections closed"},
}


class Faulty(Tunnel):
    @override
    def watch(self, chain: Chain) -> TunnelError:
        pack = Pack([self.parts.watchdog(self.profile.keepalive, chain.sessions[0])])
        while not chain.ended and not self.cancellation:
            if pack.check() is not None:
                return TunnelError("connection-lost", f"{pack.verdict(0)}: keep-alive.", 0)
            if self.wake.wait(pack.pause()):
                self.wake.clear()
        return chain.loss()


if __name__ == "__main__":
    serve(Faulty, "watches_the_first_hop_only")
