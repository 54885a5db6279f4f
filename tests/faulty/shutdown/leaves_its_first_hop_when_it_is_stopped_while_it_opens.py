"""Drops the hop that it waits for when it is stopped, and forgets the one that carries it (class STOP-2)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.io_loop import IoLoop
from tunnel_impl.life.chain import Chain

REJECTED_BY = {
    "shutdown/stopped_while_opening[silent-second-hop]": {"step": "expect grown", "observed": "processes +0, threads"},
}


class Forgetful(Chain):
    @override
    def end(self) -> None:
        if self.cancellation and len(self.sessions) > 1 and not self.final.is_authenticated():
            self.sessions[:] = self.sessions[-1:]
        super().end()


class Faulty(Tunnel):
    @override
    def new_chain(self, io_loop: IoLoop) -> Chain:
        return Forgetful(self.profile, self.parts, self.questioner, self.cancellation, io_loop, self.codes)


if __name__ == "__main__":
    serve(Faulty, "leaves_its_first_hop_when_it_is_stopped_while_it_opens")
