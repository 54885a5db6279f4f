"""Connects once more where no algorithm was in common, as after a handshake that broke (class KEX)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.io_loop import IoLoop
from tunnel_impl.life.chain import Chain

REJECTED_BY = {
    "kex/nothing_in_common[cipher]": {"step": "expect connected", "observed": "2 connections to bastion"},
    "kex/nothing_in_common[key-exchange]": {"step": "expect connected", "observed": "2 connections to bastion"},
    "kex/nothing_in_common[mac]": {"step": "expect connected", "observed": "2 connections to bastion"},
}


class Hopeful(Chain):
    @override
    def connect(self) -> None:
        try:
            super().connect()
        except TunnelError as error:
            if error.code != "handshake-failed":
                raise
            self.sessions.clear()
            super().connect()


class Faulty(Tunnel):
    @override
    def new_chain(self, io_loop: IoLoop) -> Chain:
        return Hopeful(self.profile, self.parts, self.questioner, self.cancellation, io_loop, self.codes)


if __name__ == "__main__":
    serve(Faulty, "agrees_at_the_second_try")
