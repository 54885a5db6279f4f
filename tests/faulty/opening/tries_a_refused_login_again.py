"""Connects once more when its key was refused, in case it was the server's bad moment (digint/btrbk#605)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.io_loop import IoLoop
from tunnel_impl.life.chain import Chain

REJECTED_BY = {
    "opening/refused_once[key]": {"step": "expect connected", "observed": "2 connections to bastion"},
}


class Stubborn(Chain):
    @override
    def connect(self) -> None:
        try:
            super().connect()
        except TunnelError as error:
            if error.code != "auth-failed":
                raise
            self.sessions.clear()
            super().connect()


class Faulty(Tunnel):
    @override
    def new_chain(self, io_loop: IoLoop) -> Chain:
        return Stubborn(self.profile, self.parts, self.questioner, self.cancellation, io_loop, self.codes)


if __name__ == "__main__":
    serve(Faulty, "tries_a_refused_login_again")
