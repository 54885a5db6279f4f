"""Claims to be connected all the time that it has no session (class REC-1)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import State, Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.status import Endpoint

REJECTED_BY = {
    "reconnect/status_follows": {
        "step": "expect state",
        "expected": "the state reconnecting within 2s",
        "observed": "the state is connected",
    },
}


class Faulty(Tunnel):
    @override
    def become(self, state: State, error: TunnelError | None, endpoint: Endpoint | None = None) -> None:
        super().become("connected" if state == "reconnecting" else state, error, endpoint)


if __name__ == "__main__":
    serve(Faulty, "says_connected_while_it_reconnects")
