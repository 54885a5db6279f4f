"""Opens the connections to the target on the first hop instead of on the last one."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.io_loop import IoLoop
from tunnel_impl.life.chain import Chain
from tunnel_impl.ssh.session import Session

REJECTED_BY = {
    "jump/two_hops": {"step": "echo", "observed": "0 of 1024 bytes came back"},
    "database/two_hops[postgresql]": {"step": "query", "expected": "1000 rows from PostgreSQL"},
}


class Short(Chain):
    @override
    @property
    def final(self) -> Session:
        return self.sessions[0]


class Faulty(Tunnel):
    @override
    def new_chain(self, io_loop: IoLoop) -> Chain:
        return Short(self.profile, self.parts, self.questioner, self.cancellation, io_loop, self.codes)


if __name__ == "__main__":
    serve(Faulty, "forwards_by_the_first_hop")
