"""Reports every failure with the last hop, the one that the user named."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.io_loop import IoLoop
from tunnel_impl.life.chain import Chain

REJECTED_BY = {
    "errors/hops[out-of-reach-bastion1]": {
        "step": "open",
        "expected": "the error at hop 0",
        "observed": "connection-refused",
    },
    "errors/hops[refuses-the-login-bastion1]": {
        "step": "open",
        "expected": "the error at hop 0",
        "observed": "auth-failed",
    },
    "errors/test_connection[wrong-key-at-the-first-hop]": {
        "step": "test",
        "expected": "the error at hop 0",
        "observed": "auth-failed",
    },
    "errors/hops[has-another-key-bastion1]": {
        "step": "open",
        "expected": "the error at hop 0",
        "observed": "host-key-changed",
    },
    "errors/hops[out-of-reach-middle]": {"step": "open", "expected": "the error at hop 1", "observed": "jump-failed"},
    "errors/key_files_of_a_jump_host[missing-bastion1]": {
        "step": "open",
        "expected": "the error at hop 0",
        "observed": "key-not-found",
    },
}


class Unfair(Chain):
    @override
    def connect(self) -> None:
        try:
            super().connect()
        except TunnelError as error:
            raise TunnelError(error.code, error.message, len(self.profile.hops) - 1) from error


class Faulty(Tunnel):
    @override
    def new_chain(self, io_loop: IoLoop) -> Chain:
        return Unfair(self.profile, self.parts, self.questioner, self.cancellation, io_loop, self.codes)


if __name__ == "__main__":
    serve(Faulty, "blames_the_last_hop_for_everything")
