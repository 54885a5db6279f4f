"""Goes on without a key when neither the profile nor SSH_AUTH_SOCK names an agent (class AUTH-2)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.keys.private_keys import Signer
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.profile import AgentAuth

REJECTED_BY = {
    "errors/agents[not-named]": {"step": "open", "expected": "the error agent-unavailable", "observed": "auth-failed"},
}


class Hopeful(Authenticator):
    @override
    @contextmanager
    def credentials(self) -> Iterator[tuple[Signer, ...]]:
        if self.hop.auth == AgentAuth() and "SSH_AUTH_SOCK" not in os.environ:
            yield ()
        else:
            with super().credentials() as signers:
                yield signers


class Faulty(Tunnel):
    parts = Parts(authenticator=Hopeful)


if __name__ == "__main__":
    serve(Faulty, "logs_in_without_keys_where_no_agent_is_named")
