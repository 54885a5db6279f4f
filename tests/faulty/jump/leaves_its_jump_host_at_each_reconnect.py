"""Makes a whole chain when its last hop is lost, and keeps the sessions that carried the old one (class LIV-14)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.io_loop import IoLoop
from tunnel_impl.life.chain import Chain

REJECTED_BY = {
    "jump/sessions_of_each_hop[second-link-reset]": {
        "step": "expect sessions",
        "expected": "1 SSH sessions at the bastion within 2s",
        "observed": "2 sessions at bastion1",
    },
    "jump/sessions_of_each_hop[sessions-of-the-second-hop-killed]": {
        "step": "expect sessions",
        "observed": "2 sessions at bastion1",
    },
}

kept: list[object] = []


class Forgetful(Chain):
    @override
    def abort(self) -> None:
        kept.extend(self.sessions[:-1])
        self.sessions[:] = self.sessions[-1:]
        super().abort()


class Faulty(Tunnel):
    @override
    def new_chain(self, io_loop: IoLoop) -> Chain:
        return Forgetful(self.profile, self.parts, self.questioner, self.cancellation, io_loop, self.codes)


if __name__ == "__main__":
    serve(Faulty, "leaves_its_jump_host_at_each_reconnect")
