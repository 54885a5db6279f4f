"""Ends its session with the last server when it stops, and not those that carried it (class STOP-3)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.io_loop import IoLoop
from tunnel_impl.life.chain import Chain

REJECTED_BY = {
    "jump/sessions_of_each_hop[stopped-at-once]": {
        "step": "expect sessions",
        "expected": "0 SSH sessions at the bastion within 2s",
        "observed": "1 sessions at bastion1",
    },
}

kept: list[object] = []


class Forgetful(Chain):
    @override
    def end(self) -> None:
        if len(self.sessions) > 1 and self.final.is_authenticated() and self.cancellation:
            kept.extend(self.sessions[:-1])
            self.sessions[:] = self.sessions[-1:]
        super().end()


class Faulty(Tunnel):
    @override
    def new_chain(self, io_loop: IoLoop) -> Chain:
        return Forgetful(self.profile, self.parts, self.questioner, self.cancellation, io_loop, self.codes)


if __name__ == "__main__":
    serve(Faulty, "leaves_its_jump_host_when_it_stops")
