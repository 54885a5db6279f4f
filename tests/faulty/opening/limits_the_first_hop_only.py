"""Waits for a later hop as long as it takes: a channel has no socket whose time could be limited.

See GlassHaven/Haven#383, paramiko/paramiko#2105.
"""

from __future__ import annotations

import socket

from typing_extensions import override

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.io_loop import IoLoop
from tunnel_impl.life.chain import Chain
from tunnel_impl.profile import Hop

REJECTED_BY = {
    "reconnect/bounded_at_each_hop[bastion2]": {
        "step": "expect attempts",
        "expected": "2 new connections at to-bastion1",
    },
    "opening/silent_hop[second-hop-frozen]": {
        "step": "open",
        "expected": "open to end within 20 s",
        "observed": "no answer",
    },
    "opening/silent_hop[second-hop-behind-a-firewall]": {
        "step": "open",
        "expected": "open to end within 20 s",
        "observed": "no answer",
    },
}


class Patient(Chain):
    @override
    def reach(self, index: int, hop: Hop) -> socket.socket:
        if index > 0:
            self.timeout = 3600
        return super().reach(index, hop)


class Faulty(Tunnel):
    @override
    def new_chain(self, io_loop: IoLoop) -> Chain:
        return Patient(self.profile, self.parts, self.questioner, self.cancellation, io_loop, self.codes)


if __name__ == "__main__":
    serve(Faulty, "limits_the_first_hop_only")
