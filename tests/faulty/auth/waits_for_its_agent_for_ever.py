"""Waits for its agent without a limit (class AUTH-2)."""

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
    "auth/mute_agent": {"step": "open", "observed": "no answer"},
}


class Wrong(Authenticator):
    @override
    @contextmanager
    def credentials(self) -> Iterator[tuple[Signer, ...]]:
        if isinstance(self.hop.auth, AgentAuth):
            with Agent(self.hop.auth, 3600, self.cancellation) as self.agent:
                yield self.agent.keys()
            return
        with super().credentials() as signers:
            yield signers


class Faulty(Tunnel):
    parts = Parts(authenticator=Wrong)


if __name__ == "__main__":
    serve(Faulty, "waits_for_its_agent_for_ever")
