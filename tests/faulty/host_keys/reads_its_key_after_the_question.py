"""Asks about the host key before it looks for the key that it is to log in with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.keys.private_keys import Signer
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.ssh.session import Session

REJECTED_BY = {
    "host_keys/asked_after_the_key_was_read[missing]": {
        "step": "expect asked",
        "expected": "no question about host keys",
    },
}


class Wrong(Authenticator):
    @override
    @contextmanager
    def credentials(self) -> Iterator[tuple[Signer, ...]]:
        yield ()

    @override
    def log_in(self, session: Session, signers: tuple[Signer, ...]) -> None:
        with super().credentials() as late:
            super().log_in(session, late or signers)


class Faulty(Tunnel):
    parts = Parts(authenticator=Wrong)


if __name__ == "__main__":
    serve(Faulty, "reads_its_key_after_the_question")
