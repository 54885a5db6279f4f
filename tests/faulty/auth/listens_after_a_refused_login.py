"""Leaves its listener behind when the login fails (class STOP-2)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.listener import Listener
from tunnel_impl.life.chain import Chain

REJECTED_BY = {
    "auth/wrong_password": {"step": "expect listens", "observed": "listening at 127.0.0.1:"},
    "auth/wrong_key": {"step": "expect listens", "observed": "listening at 127.0.0.1:"},
    "auth/wrong_password_over_prompts": {"step": "expect listens", "observed": "listening at 127.0.0.1:"},
    "auth/agent_that_cannot_help[missing]": {"step": "expect listens", "observed": "listening at 127.0.0.1:"},
    "auth/agent_that_cannot_help[not-named]": {"step": "expect listens", "observed": "listening at 127.0.0.1:"},
    "auth/agent_that_cannot_help[empty]": {"step": "expect listens", "observed": "listening at 127.0.0.1:"},
    "auth/agent_that_cannot_help[strangers]": {"step": "expect listens", "observed": "listening at 127.0.0.1:"},
    "auth/key_that_is_none[public-key]": {"step": "expect listens", "observed": "listening at 127.0.0.1:"},
    "auth/key_that_is_none[noise]": {"step": "expect listens", "observed": "listening at 127.0.0.1:"},
    "jump/hop_out_of_reach[first-hop]": {"step": "expect listens", "observed": "listening at 127.0.0.1:"},
    "jump/wrong_key_at_a_hop[first-hop]": {"step": "expect listens", "observed": "listening at 127.0.0.1:"},
    "jump/hop_out_of_reach[second-hop]": {"step": "expect listens", "observed": "listening at 127.0.0.1:"},
    "jump/wrong_key_at_a_hop[second-hop]": {"step": "expect listens", "observed": "listening at 127.0.0.1:"},
    "opening/server_refuses": {"step": "expect listens", "observed": "listening at 127.0.0.1:"},
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
