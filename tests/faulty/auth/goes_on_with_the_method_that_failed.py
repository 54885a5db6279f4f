"""Keeps the way to log in that it was first told, whatever is chosen later (dbeaver/dbeaver#23398)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import ClassVar

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.keys.private_keys import Signer
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.profile import Auth

REJECTED_BY = {
    "auth/switched_method": {"step": "open", "expected": "open to succeed", "observed": "agent-unavailable"},
}


class Stubborn(Authenticator):
    first: ClassVar[dict[str, Auth]] = {}

    @override
    @contextmanager
    def credentials(self) -> Iterator[tuple[Signer, ...]]:
        self.hop = replace(self.hop, auth=self.first.setdefault(str(self.hop), self.hop.auth))
        with super().credentials() as signers:
            yield signers


class Faulty(Tunnel):
    parts = Parts(authenticator=Stubborn)


if __name__ == "__main__":
    serve(Faulty, "goes_on_with_the_method_that_failed")
