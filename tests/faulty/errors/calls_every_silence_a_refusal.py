"""Reports a server that does not answer as one that refuses (class OPEN-9)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.life.chain import Chain

REJECTED_BY = {
    "errors/server_out_of_reach[silent]": {
        "step": "open",
        "expected": "the error timeout",
        "observed": "connection-refused",
    },
    "errors/server_out_of_reach[accepts-and-is-silent]": {
        "step": "open",
        "expected": "the error timeout or handshake-failed",
        "observed": "connection-refused",
    },
}


class Faulty(Tunnel):
    @override
    def connect(self) -> Chain:
        try:
            return super().connect()
        except TunnelError as error:
            if error.code != "timeout":
                raise
            raise TunnelError("connection-refused", str(error)) from error


if __name__ == "__main__":
    serve(Faulty, "calls_every_silence_a_refusal")
