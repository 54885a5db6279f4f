"""Reads the key in ``~/.ssh`` where the agent of a jump host is absent or has no key for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.errors import TunnelError
from tunnel_impl.keys.private_keys import Signer, load_private_key
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.profile import AgentAuth, KeyAuth

REJECTED_BY = {
    "jump/agent_that_cannot_help[missing-bastion1]": {
        "step": "open",
        "expected": "open to be refused",
        "observed": "open reported success",
    },
    "jump/agent_that_cannot_help[strangers-bastion1]": {
        "step": "open",
        "expected": "open to be refused",
        "observed": "open reported success",
    },
}


class Helpful(Authenticator):
    @override
    @contextmanager
    def credentials(self) -> Iterator[tuple[Signer, ...]]:
        if self.index or not isinstance(self.hop.auth, AgentAuth):
            with super().credentials() as signers:
                yield signers
            return
        try:
            with super().credentials() as signers:
                yield (*signers, load_private_key("~/.ssh/id_ed25519", None))
        except TunnelError:
            self.hop = replace(self.hop, auth=KeyAuth("~/.ssh/id_ed25519", None))
            with super().credentials() as signers:
                yield signers


class Faulty(Tunnel):
    parts = Parts(authenticator=Helpful)


if __name__ == "__main__":
    serve(Faulty, "reads_key_files_for_jump_hosts_without_an_agent")
