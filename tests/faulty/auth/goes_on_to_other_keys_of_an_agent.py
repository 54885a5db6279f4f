"""Offers the other keys of an agent when the chosen one is refused."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.keys.agent import Agent
from tunnel_impl.keys.private_keys import Signer
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.profile import AgentAuth

REJECTED_BY = {
    "auth/chosen_key_refused": {"step": "open", "observed": "open reported success"},
}


class Wrong(Authenticator):
    @override
    @contextmanager
    def credentials(self) -> Iterator[tuple[Signer, ...]]:
        with super().credentials() as chosen:
            if not isinstance(self.hop.auth, AgentAuth):
                yield chosen
                return
            with Agent(replace(self.hop.auth, file=None), self.timeout, self.cancellation) as agent:
                yield (*chosen, *agent.keys())


class Faulty(Tunnel):
    parts = Parts(authenticator=Wrong)


if __name__ == "__main__":
    serve(Faulty, "goes_on_to_other_keys_of_an_agent")
