"""Names no hash when it asks an agent for an RSA signature, which then signs with SHA-1 (libssh2/libssh2#634)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.keys.agent import AgentKey
from tunnel_impl.keys.private_keys import Signer
from tunnel_impl.login.authentication import Authenticator

REJECTED_BY = {
    "auth/rsa_signatures[agent]": {
        "step": "open",
        "observed": "none of the agent's keys that were tried is in the server's",
    },
}


class Flagless(AgentKey):
    @override
    def sign(self, data: bytes, algorithm: str) -> bytes:
        del algorithm
        return self.signs(self.blob, data, "ssh-rsa")


class Outdated(Authenticator):
    @override
    @contextmanager
    def credentials(self) -> Iterator[tuple[Signer, ...]]:
        with super().credentials() as signers:
            yield tuple(
                Flagless(key.type, key.blob, key.comment, key.signs) if isinstance(key, AgentKey) else key
                for key in signers
            )


class Faulty(Tunnel):
    parts = Parts(authenticator=Outdated)


if __name__ == "__main__":
    serve(Faulty, "lets_agents_sign_with_sha1")
