"""Shows a banner with the control characters that are in it."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.banners import Banner
from tunnel_impl.login.authentication import Authenticator

REJECTED_BY = {
    "auth/banner_made_harmless": {"step": "expect banner", "observed": "a banner with control characters"},
}


class Wrong(Authenticator):
    @override
    def show(self, text: str) -> None:
        self.questioner.show(Banner(self.index, text))


class Faulty(Tunnel):
    parts = Parts(authenticator=Wrong)


if __name__ == "__main__":
    serve(Faulty, "shows_banners_as_they_come")
