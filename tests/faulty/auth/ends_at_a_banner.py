"""Takes a banner for a message that breaks the protocol (RFC 4252 section 5.4)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.login.authentication import Authenticator

REJECTED_BY = {
    "auth/banner_ignored[line]": {"step": "open", "observed": "connection-lost"},
}


class Wrong(Authenticator):
    @override
    def show(self, text: str) -> None:
        raise EOFError(text)


class Faulty(Tunnel):
    parts = Parts(authenticator=Wrong)


if __name__ == "__main__":
    serve(Faulty, "ends_at_a_banner")
