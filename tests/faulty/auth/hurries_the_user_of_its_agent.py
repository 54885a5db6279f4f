"""Gives an agent the time of the connection to sign, and its user none."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.clock import now
from tunnel_impl.keys.private_keys import Signer
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.login.protocol import Answer, Login

REJECTED_BY = {
    "auth/agent_that_asks_its_user": {"step": "open", "observed": "timeout"},
}


class Hurried(Authenticator):
    @override
    def offer_keys(self, login: Login, signers: tuple[Signer, ...]) -> Answer:
        until = now() + self.timeout
        answer = super().offer_keys(login, signers)
        if now() > until:
            raise TunnelError("timeout", "The agent took too long.", self.index)
        return answer


class Faulty(Tunnel):
    parts = Parts(authenticator=Hurried)


if __name__ == "__main__":
    serve(Faulty, "hurries_the_user_of_its_agent")
