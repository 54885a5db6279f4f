"""Ends the session that failed, and forgets the one that carried it (class STOP-2)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.io_loop import IoLoop
from tunnel_impl.life.chain import Chain

REJECTED_BY = {
    "shutdown/comes_and_goes[second-hop-refused]": {"step": "expect grown", "observed": "processes +0, threads +"},
}


class Forgetful(Chain):
    @override
    def end(self) -> None:
        failed = len(self.sessions) == len(self.profile.hops) and not self.final.is_authenticated()
        if failed:
            self.sessions[:] = self.sessions[-1:]
        super().end()


class Faulty(Tunnel):
    @override
    def new_chain(self, io_loop: IoLoop) -> Chain:
        return Forgetful(self.profile, self.parts, self.questioner, self.cancellation, io_loop, self.codes)


if __name__ == "__main__":
    serve(Faulty, "leaves_the_first_hop_when_the_second_refuses")
