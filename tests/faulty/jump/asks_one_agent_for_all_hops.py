"""Uses the agent of the first hop for every hop that wants an agent (class CONF-2)."""

from __future__ import annotations

from dataclasses import replace

from typing_extensions import override

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.io_loop import IoLoop
from tunnel_impl.life.chain import Chain
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.profile import AgentAuth, Hop

REJECTED_BY = {
    "jump/agent_per_hop[agent-then-agent]": {"step": "open", "observed": "auth-failed"},
}


class Frugal(Chain):
    @override
    def new_authenticator(self, index: int, hop: Hop) -> Authenticator:
        first = self.profile.hops[0].auth
        shared = isinstance(first, AgentAuth) and isinstance(hop.auth, AgentAuth)
        return super().new_authenticator(index, replace(hop, auth=first) if shared else hop)


class Faulty(Tunnel):
    @override
    def new_chain(self, io_loop: IoLoop) -> Chain:
        return Frugal(self.profile, self.parts, self.questioner, self.cancellation, io_loop, self.codes)


if __name__ == "__main__":
    serve(Faulty, "asks_one_agent_for_all_hops")
