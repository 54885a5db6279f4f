"""Asks for its target after a reconnect, and takes a target that is down for a lost session (class REC-2)."""

from __future__ import annotations

import threading

from typing_extensions import override

from tunnel_impl import Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.life.chain import Chain
from tunnel_impl.profile import Target
from tunnel_impl.ssh.channel import Phase

REJECTED_BY = {
    "reconnect/target_down_meanwhile": {"step": "expect sessions", "expected": "1 SSH sessions at the bastion"},
}


class Faulty(Tunnel):
    @override
    def prove(self, chain: Chain) -> None:
        super().prove(chain)
        target = self.profile.target
        if not isinstance(target, Target):
            return
        changed = threading.Event()
        channel = chain.final.open_direct(target.host, target.port, 0, changed.set)
        changed.wait(self.profile.timeouts.open)
        opened = channel.phase is Phase.OPEN
        channel.close()
        if not opened:
            chain.abort()
            raise TunnelError("connection-lost", "The target does not answer.")


if __name__ == "__main__":
    serve(Faulty, "counts_as_connected_once_its_target_answers")
