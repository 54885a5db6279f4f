"""Keeps one end of the way to the second server of each session that it lost."""

from __future__ import annotations

import socket
from typing import ClassVar

from typing_extensions import override

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.io_loop import IoLoop
from tunnel_impl.life.chain import Chain
from tunnel_impl.profile import Hop

REJECTED_BY = {
    "jump/losses_leave_nothing[bastion1]": {"step": "expect grown", "observed": "threads +0, files +2"},
    "jump/losses_leave_nothing[bastion2]": {"step": "expect grown", "observed": "threads +0, files +2"},
}


class Leaky(Chain):
    kept: ClassVar[list[int]] = []

    @override
    def reach(self, index: int, hop: Hop) -> socket.socket:
        reached = super().reach(index, hop)
        if index:
            self.kept.append(reached.dup().detach())
        return reached


class Faulty(Tunnel):
    @override
    def new_chain(self, io_loop: IoLoop) -> Chain:
        return Leaky(self.profile, self.parts, self.questioner, self.cancellation, io_loop, self.codes)


if __name__ == "__main__":
    serve(Faulty, "keeps_a_file_of_each_session_behind_a_jump_host")
