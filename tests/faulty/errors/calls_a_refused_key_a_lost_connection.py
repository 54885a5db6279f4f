"""Reports a key that the server refused as a connection that was closed (t8y2/dbx#6034)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.errors import TunnelError
from tunnel_impl.login.authentication import Authenticator
from tunnel_impl.login.protocol import Answer

REJECTED_BY = {
    "errors/refused_login[key]": {"step": "open", "expected": "the error auth-failed", "observed": "connection-lost"},
}


class Vague(Authenticator):
    @override
    def refusal(self, answer: Answer) -> TunnelError:
        return TunnelError("connection-lost", f"{self.hop} closed the connection.", super().refusal(answer).hop)


class Faulty(Tunnel):
    parts = Parts(authenticator=Vague)


if __name__ == "__main__":
    serve(Faulty, "calls_a_refused_key_a_lost_connection")
