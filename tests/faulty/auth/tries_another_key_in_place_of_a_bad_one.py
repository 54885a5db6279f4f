"""Logs in with a key of its own when the chosen one cannot be used, and complains only then."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from paramiko import ECDSAKey
from typing_extensions import override

from tunnel_impl import Parts, Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.keys.private_keys import FileKey, Signer
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.ssh.session import Session

REJECTED_BY = {
    "auth/unreadable_key": {"step": "expect credentials", "observed": "1 connections at bastion: 1 credentials shown"},
    "auth/missing_key": {"step": "expect credentials", "observed": "1 connections at bastion: 1 credentials shown"},
    "auth/wrong_passphrase[wrong]": {
        "step": "expect credentials",
        "observed": "1 connections at bastion: 1 credentials shown",
    },
    "auth/wrong_passphrase[none]": {
        "step": "expect credentials",
        "observed": "1 connections at bastion: 1 credentials shown",
    },
}


class Resourceful(Authenticator):
    unusable: TunnelError | None = None

    @override
    @contextmanager
    def credentials(self) -> Iterator[tuple[Signer, ...]]:
        with ExitStack() as stack:
            try:
                signers = stack.enter_context(super().credentials())
            except TunnelError as error:
                self.unusable = error
                signers = (FileKey(ECDSAKey.generate()),)
            yield signers

    @override
    def log_in(self, session: Session, signers: tuple[Signer, ...]) -> None:
        try:
            super().log_in(session, signers)
        except TunnelError as error:
            raise self.unusable or error from error


class Faulty(Tunnel):
    parts = Parts(authenticator=Resourceful)


if __name__ == "__main__":
    serve(Faulty, "tries_another_key_in_place_of_a_bad_one")
