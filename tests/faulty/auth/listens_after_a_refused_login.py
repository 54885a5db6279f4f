"""Leaves its listener behind when the login fails (class STOP-2)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.listener import Listener
from tunnel_impl.life.chain import Chain

REJECTED_BY = {
    "auth/wrong_password": "expected no listening socket within 2s; observed listening at 127.0.0.1:",
    "auth/wrong_key": "expected no listening socket within 2s; observed listening at 127.0.0.1:",
    "auth/wrong_password_over_prompts": "expected no listening socket within 2s; observed listening at 127.0.0.1:",
    "auth/agent_that_cannot_help[missing]": "expected no listening socket within 2s; observed listening at 127.0.0.1:",
    "auth/agent_that_cannot_help[not-named]": (
        "expected no listening socket within 2s; observed listening at 127.0.0.1:"
    ),
    "auth/agent_that_cannot_help[empty]": "expected no listening socket within 2s; observed listening at 127.0.0.1:",
    "auth/agent_that_cannot_help[strangers]": (
        "expected no listening socket within 2s; observed listening at 127.0.0.1:"
    ),
    "auth/key_that_is_none[public-key]": "expected no listening socket within 2s; observed listening at 127.0.0.1:",
    "auth/key_that_is_none[noise]": "expected no listening socket within 2s; observed listening at 127.0.0.1:",
    "jump/hop_out_of_reach[first-hop]": "expected no listening socket within 2s; observed listening at 127.0.0.1:",
    "jump/wrong_key_at_a_hop[first-hop]": "expected no listening socket within 2s; observed listening at 127.0.0.1:",
    "jump/hop_out_of_reach[second-hop]": "expected no listening socket within 2s; observed listening at 127.0.0.1:",
    "jump/wrong_key_at_a_hop[second-hop]": "expected no listening socket within 2s; observed listening at 127.0.0.1:",
    "opening/server_refuses": "expected no listening socket within 2s; observed listening at 127.0.0.1:",
}


class Faulty(Tunnel):
    left: Listener | None = None

    @override
    def connect(self) -> Chain:
        try:
            return super().connect()
        except TunnelError:
            self.left = Listener(self.profile.local)
            raise


if __name__ == "__main__":
    serve(Faulty, "listens_after_a_refused_login")
