"""Waits for the server to name a signature algorithm that it knows (mwiede/jsch#590)."""

from __future__ import annotations

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.authentication import Authenticator
from tunnel_impl.keys import Signer
from tunnel_impl.login import Answer, Login


class Hopeful(Authenticator):
    def prove_keys(self, login: Login, signers: tuple[Signer, ...]) -> Answer:
        if not any(login.algorithms(key) for key in signers):
            self._cancellation.sleep(3600)
        return super().prove_keys(login, signers)


class Faulty(Tunnel):
    parts = Parts(authenticator=Hopeful)


if __name__ == "__main__":
    serve(Faulty, "hangs_where_no_signature_will_do")
