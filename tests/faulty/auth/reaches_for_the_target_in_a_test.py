"""Calls a test of the SSH servers failed where the target does not answer."""

from __future__ import annotations

import threading

from typing_extensions import override

from tunnel_impl import Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.io_loop import IoLoop
from tunnel_impl.life.chain import Chain
from tunnel_impl.profile import Target
from tunnel_impl.ssh.channel import Phase

REJECTED_BY = {
    "auth/test_connection_without_a_target": {"step": "test", "observed": "forward-refused"},
}


class Reaching(Chain):
    @override
    def connect(self) -> None:
        super().connect()
        target, changed = self.profile.target, threading.Event()
        assert isinstance(target, Target)
        channel = self.final.open_direct(target.host, target.port, 0, changed.set)
        while channel.phase is Phase.OPENING and changed.wait(self.timeout):
            changed.clear()
        channel.close()
        if channel.refusal:
            raise TunnelError("forward-refused", f"{target.host} refused: {channel.refusal.text}.")


class Faulty(Tunnel):
    testing = False

    @override
    def test(self) -> None:
        self.testing = True
        super().test()

    @override
    def new_chain(self, io_loop: IoLoop) -> Chain:
        if not self.testing:
            return super().new_chain(io_loop)
        return Reaching(self.profile, self.parts, self.questioner, self.cancellation, io_loop, self.codes)


if __name__ == "__main__":
    serve(Faulty, "reaches_for_the_target_in_a_test")
