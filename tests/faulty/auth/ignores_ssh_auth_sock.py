"""Uses an agent only when the profile names its socket (TableProApp/TablePro#672, Eugeny/tabby#6480)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.errors import TunnelError
from tunnel_impl.keys.private_keys import Signer
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.profile import AgentAuth

REJECTED_BY = {
    "auth/agent[environment-socket]": {"step": "open", "observed": "agent-unavailable"},
}


class Deaf(Authenticator):
    @override
    @contextmanager
    def credentials(self) -> Iterator[tuple[Signer, ...]]:
        if self.hop.auth == AgentAuth():
            raise TunnelError("agent-unavailable", "No SSH agent: give the path of its socket.")
        with super().credentials() as signers:
            yield signers


class Faulty(Tunnel):
    parts = Parts(authenticator=Deaf)


if __name__ == "__main__":
    serve(Faulty, "ignores_ssh_auth_sock")
