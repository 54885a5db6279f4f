"""Gives up when the first key of an agent is refused (class AUTH-2)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.keys.private_keys import Signer
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.login.protocol import Answer, Login

REJECTED_BY = {
    "auth/agent[third-of-three-keys]": {"step": "open", "observed": "auth-failed"},
}


class Lazy(Authenticator):
    @override
    def offer_keys(self, login: Login, signers: tuple[Signer, ...]) -> Answer:
        return super().offer_keys(login, signers[:1])


class Faulty(Tunnel):
    parts = Parts(authenticator=Lazy)


if __name__ == "__main__":
    serve(Faulty, "offers_only_the_first_key_of_an_agent")
