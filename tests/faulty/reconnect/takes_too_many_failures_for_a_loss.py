"""Takes a server that hangs up after too many failures for a lost connection (class REC-7)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel, TunnelError
from tunnel_impl.adapter import serve

REJECTED_BY = {
    "reconnect/too_many_failures": {"step": "expect attempts", "observed": "new connections at to-bastion"},
}

TOO_MANY = "hung up"


class Faulty(Tunnel):
    @override
    def is_worth_retrying(self, error: TunnelError) -> bool:
        return TOO_MANY in error.message or super().is_worth_retrying(error)


if __name__ == "__main__":
    serve(Faulty, "takes_too_many_failures_for_a_loss")
