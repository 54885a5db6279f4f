"""Waits for the server to take a signature of its RSA key after all, when it takes none (mwiede/jsch#590)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.keys.private_keys import Signer
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.login.protocol import Answer, Login, Refused

REJECTED_BY = {
    "errors/rsa_signatures[sha1]": {"step": "open", "observed": "no answer"},
}


class Hopeful(Authenticator):
    @override
    def prove_keys(self, login: Login, signers: tuple[Signer, ...]) -> Answer:
        try:
            answer = super().prove_keys(login, signers)
        except TunnelError:
            self.cancellation.sleep(3600)
            raise
        if isinstance(answer, Refused) and not answer.partial:
            self.cancellation.sleep(3600)
        return answer


class Faulty(Tunnel):
    parts = Parts(authenticator=Hopeful)


if __name__ == "__main__":
    serve(Faulty, "hangs_where_no_signature_will_do")
