"""Keeps the banners of servers to itself."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.login.authentication import Authenticator

REJECTED_BY = {
    "auth/banner[key]": {"step": "expect banner", "observed": "the user was shown nothing"},
}


class Wrong(Authenticator):
    @override
    def show(self, text: str) -> None:
        pass


class Faulty(Tunnel):
    parts = Parts(authenticator=Wrong)


if __name__ == "__main__":
    serve(Faulty, "shows_no_banners")
