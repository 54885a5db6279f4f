"""Logs in at every hop with the credential of the last one (class CONF-2)."""

from __future__ import annotations

from dataclasses import replace

from typing_extensions import override

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.io_loop import IoLoop
from tunnel_impl.life.chain import Chain
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.profile import Hop

REJECTED_BY = {
    "jump/agent_per_hop[agent-then-key]": {"step": "open", "observed": "auth-failed"},
    "imports/config_jumps_opened[chain-of-three-servers]": {"step": "open", "observed": "auth-failed"},
    "jump/two_hops": {"step": "open", "observed": "auth-failed"},
}


class Uniform(Chain):
    @override
    def new_authenticator(self, index: int, hop: Hop) -> Authenticator:
        return super().new_authenticator(index, replace(hop, auth=self.profile.hops[-1].auth))


class Faulty(Tunnel):
    @override
    def new_chain(self, io_loop: IoLoop) -> Chain:
        return Uniform(self.profile, self.parts, self.questioner, self.cancellation, io_loop, self.codes)


if __name__ == "__main__":
    serve(Faulty, "logs_in_everywhere_with_the_last_credential")
