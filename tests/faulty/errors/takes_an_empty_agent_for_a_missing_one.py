"""Says that there is no agent when there is one without keys (class AUTH-2)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from typing_extensions import override

from tunnel_impl import Parts, Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.keys.private_keys import Signer
from tunnel_impl.login.authentication import Authenticator

REJECTED_BY = {
    "errors/agents[empty]": {
        "step": "open",
        "expected": "the error agent-no-match or auth-failed",
        "observed": "agent-unavailable",
    },
}


class Vague(Authenticator):
    @override
    @contextmanager
    def credentials(self) -> Iterator[tuple[Signer, ...]]:
        try:
            with super().credentials() as signers:
                yield signers
        except TunnelError as error:
            if error.code != "agent-no-match":
                raise
            raise TunnelError("agent-unavailable", error.message) from error


class Faulty(Tunnel):
    parts = Parts(authenticator=Vague)


if __name__ == "__main__":
    serve(Faulty, "takes_an_empty_agent_for_a_missing_one")
