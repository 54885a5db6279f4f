"""Says that the login was refused when the connection broke during it."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.life.chain import Chain

REJECTED_BY = {
    "errors/broken_login[reset]": {"step": "finish", "observed": "auth-failed"},
    "errors/broken_login[cut]": {"step": "finish", "observed": "auth-failed"},
}


class Faulty(Tunnel):
    @override
    def connect(self) -> Chain:
        try:
            return super().connect()
        except TunnelError as error:
            if error.code not in {"connection-lost", "handshake-failed", "timeout"}:
                raise
            raise TunnelError("auth-failed", str(error)) from error


if __name__ == "__main__":
    serve(Faulty, "calls_a_lost_connection_a_refused_login")
