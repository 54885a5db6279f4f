"""Does not expand the ~ of an agent's socket."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.keys.agent import Agent
from tunnel_impl.keys.private_keys import Signer
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.profile import AgentAuth

REJECTED_BY = {
    "auth/agent_sockets[tilde]": "expected open to succeed; observed agent-unavailable",
}


class Literal(Agent):
    def _find(self) -> str:
        return str(self._auth.socket) if (self._auth.socket or "").startswith("~") else super()._find()


class Unhelpful(Authenticator):
    @contextmanager
    def credentials(self) -> Iterator[tuple[Signer, ...]]:
        if isinstance(self._hop.auth, AgentAuth):
            with Literal(self._hop.auth, self._timeout, self._cancellation) as agent:
                yield agent.keys()
        else:
            with super().credentials() as signers:
                yield signers


class Faulty(Tunnel):
    parts = Parts(authenticator=Unhelpful)


if __name__ == "__main__":
    serve(Faulty, "takes_tildes_of_agent_sockets_literally")
