"""Reports an agent that cannot be reached without its socket (cweijan/vscode-database-client#1393)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from typing_extensions import override

from tunnel_impl import Parts, Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.keys.private_keys import Signer
from tunnel_impl.login.authentication import Authenticator

REJECTED_BY = {
    "errors/agent_named": {"step": "open", "expected": "a message that says 'no-agent-here'"},
}


class Vague(Authenticator):
    @override
    @contextmanager
    def credentials(self) -> Iterator[tuple[Signer, ...]]:
        try:
            with super().credentials() as signers:
                yield signers
        except TunnelError as error:
            if error.code != "agent-unavailable":
                raise
            raise TunnelError("agent-unavailable", "The SSH agent is not available.") from error


class Faulty(Tunnel):
    parts = Parts(authenticator=Vague)


if __name__ == "__main__":
    serve(Faulty, "does_not_say_which_agent_is_missing")
