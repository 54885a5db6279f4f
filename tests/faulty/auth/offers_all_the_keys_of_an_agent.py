"""Offers every key of the agent, also when one was chosen (TableProApp/TablePro#2601, dstackai/dstack#927)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.keys.private_keys import Signer
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.profile import AgentAuth

REJECTED_BY = {
    "auth/agent_ten_keys": {"step": "open", "observed": "auth-failed"},
}


class Generous(Authenticator):
    @override
    @contextmanager
    def credentials(self) -> Iterator[tuple[Signer, ...]]:
        if isinstance(self.hop.auth, AgentAuth):
            self.hop = replace(self.hop, auth=replace(self.hop.auth, file=None))
        with super().credentials() as signers:
            yield signers


class Faulty(Tunnel):
    parts = Parts(authenticator=Generous)


if __name__ == "__main__":
    serve(Faulty, "offers_all_the_keys_of_an_agent")
