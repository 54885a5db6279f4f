"""Tries the keys of the agent before the one that was chosen (TableProApp/TablePro#2601, dstackai/dstack#927)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.keys.agent import Agent
from tunnel_impl.keys.private_keys import Signer
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.profile import AgentAuth, KeyAuth

REJECTED_BY = {
    "auth/chosen_key_beside_an_agent": {"step": "open", "observed": "auth-failed"},
}


class Eager(Authenticator):
    @override
    @contextmanager
    def credentials(self) -> Iterator[tuple[Signer, ...]]:
        with super().credentials() as signers:
            if not isinstance(self.hop.auth, KeyAuth) or not os.environ.get("SSH_AUTH_SOCK"):
                yield signers
                return
            with Agent(AgentAuth(), self.timeout, self.cancellation) as agent:
                yield (*agent.keys(), *signers)


class Faulty(Tunnel):
    parts = Parts(authenticator=Eager)


if __name__ == "__main__":
    serve(Faulty, "offers_the_keys_of_an_agent_before_the_chosen_file")
