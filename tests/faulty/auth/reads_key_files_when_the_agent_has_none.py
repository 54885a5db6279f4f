"""Reads the key in ``~/.ssh`` where the agent has none for the server (class AUTH-2)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.errors import TunnelError
from tunnel_impl.keys.private_keys import Signer
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.profile import KeyAuth

REJECTED_BY = {
    "auth/keys_stay_in_the_agent[empty-agent]": {"step": "open", "observed": "open reported success"},
}


class Helpful(Authenticator):
    @override
    @contextmanager
    def credentials(self) -> Iterator[tuple[Signer, ...]]:
        try:
            with super().credentials() as signers:
                yield signers
        except TunnelError as error:
            if error.code != "agent-no-match":
                raise
            self.hop = replace(self.hop, auth=KeyAuth("~/.ssh/id_ed25519", None))
            with super().credentials() as signers:
                yield signers


class Faulty(Tunnel):
    parts = Parts(authenticator=Helpful)


if __name__ == "__main__":
    serve(Faulty, "reads_key_files_when_the_agent_has_none")
