"""Says that user name or password is wrong when it was the code."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.login.protocol import Answer

REJECTED_BY = {
    "errors/refused_code": {"step": "open", "expected": "the error totp-rejected", "observed": "auth-failed"},
}


class Vague(Authenticator):
    @override
    def refusal(self, answer: Answer) -> TunnelError:
        del answer
        return TunnelError("auth-failed", f"{self.hop}: check user name and password.", self.index)


class Faulty(Tunnel):
    parts = Parts(authenticator=Vague)


if __name__ == "__main__":
    serve(Faulty, "calls_a_refused_code_a_refused_password")
