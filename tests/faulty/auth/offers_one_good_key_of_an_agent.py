"""Stops offering keys when one was accepted, although the server wants another (paramiko/paramiko#841)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.keys.private_keys import Signer
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.login.protocol import Answer, Login

REJECTED_BY = {
    "auth/further_factors[two-keys-of-an-agent]": {"step": "open", "observed": "auth-failed"},
}


class Content(Authenticator):
    @override
    def offer_keys(self, login: Login, signers: tuple[Signer, ...]) -> Answer:
        answer = super().offer_keys(login, signers)
        self.offered.update(signer.blob for signer in signers)
        return answer


class Faulty(Tunnel):
    parts = Parts(authenticator=Content)


if __name__ == "__main__":
    serve(Faulty, "offers_one_good_key_of_an_agent")
