"""Reports that none of an agent's keys was accepted as a lost connection (Eugeny/tabby#6480)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.login.protocol import Answer
from tunnel_impl.profile import AgentAuth

REJECTED_BY = {
    "errors/agents[strangers]": {
        "step": "open",
        "expected": "the error agent-no-match or auth-failed",
        "observed": "connection-lost",
    },
}


class Vague(Authenticator):
    @override
    def refusal(self, answer: Answer) -> TunnelError:
        refused = super().refusal(answer)
        if isinstance(self.hop.auth, AgentAuth):
            return TunnelError("connection-lost", f"{self.hop} closed the connection.", refused.hop)
        return refused


class Faulty(Tunnel):
    parts = Parts(authenticator=Vague)


if __name__ == "__main__":
    serve(Faulty, "calls_an_agent_without_the_key_a_lost_connection")
