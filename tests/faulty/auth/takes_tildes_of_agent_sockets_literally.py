"""Does not expand the ~ of an agent's socket."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.keys.agent import Agent
from tunnel_impl.keys.private_keys import Signer
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.profile import AgentAuth

REJECTED_BY = {
    "auth/agent_sockets[tilde]": {"step": "open", "observed": "agent-unavailable"},
}


class Literal(Agent):
    @override
    def find(self) -> str:
        return str(self.auth.socket) if (self.auth.socket or "").startswith("~") else super().find()


class Unhelpful(Authenticator):
    @override
    @contextmanager
    def credentials(self) -> Iterator[tuple[Signer, ...]]:
        if isinstance(self.hop.auth, AgentAuth):
            with Literal(self.hop.auth, self.timeout, self.cancellation) as agent:
                yield agent.keys()
        else:
            with super().credentials() as signers:
                yield signers


class Faulty(Tunnel):
    parts = Parts(authenticator=Unhelpful)


if __name__ == "__main__":
    serve(Faulty, "takes_tildes_of_agent_sockets_literally")
