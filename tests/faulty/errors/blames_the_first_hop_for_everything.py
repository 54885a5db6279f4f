"""Reports every failure with the first hop, whichever it was."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.io_loop import IoLoop
from tunnel_impl.life.chain import Chain

REJECTED_BY = {
    "errors/hops[out-of-reach-bastion2]": {"step": "open", "expected": "the error at hop 1", "observed": "jump-failed"},
    "errors/hops[has-another-key-bastion2]": {
        "step": "open",
        "expected": "the error at hop 1",
        "observed": "host-key-changed",
    },
    "errors/hops[refuses-the-login-bastion2]": {
        "step": "open",
        "expected": "the error at hop 1",
        "observed": "auth-failed",
    },
}


class Unfair(Chain):
    @override
    def connect(self) -> None:
        try:
            super().connect()
        except TunnelError as error:
            raise TunnelError(error.code, error.message, 0) from error


class Faulty(Tunnel):
    @override
    def new_chain(self, io_loop: IoLoop) -> Chain:
        return Unfair(self.profile, self.parts, self.questioner, self.cancellation, io_loop, self.codes)


if __name__ == "__main__":
    serve(Faulty, "blames_the_first_hop_for_everything")
