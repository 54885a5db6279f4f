"""Logs in without any key when the agent cannot be reached (TableProApp/TablePro#672)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.errors import TunnelError
from tunnel_impl.keys.private_keys import Signer
from tunnel_impl.login.authentication import Authenticator

REJECTED_BY = {
    "errors/agents[missing]": {"step": "open", "expected": "the error agent-unavailable", "observed": "auth-failed"},
}


class Hopeful(Authenticator):
    @override
    @contextmanager
    def credentials(self) -> Iterator[tuple[Signer, ...]]:
        with ExitStack() as stack:
            try:
                signers = stack.enter_context(super().credentials())
            except TunnelError as error:
                if error.code != "agent-unavailable":
                    raise
                signers = ()
            yield signers


class Faulty(Tunnel):
    parts = Parts(authenticator=Hopeful)


if __name__ == "__main__":
    serve(Faulty, "takes_a_missing_agent_for_an_empty_one")
