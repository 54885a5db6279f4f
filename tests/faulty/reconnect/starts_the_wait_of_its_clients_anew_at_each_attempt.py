"""Gives clients that wait for a session their whole time again at each attempt to reconnect (pahaz/sshtunnel#289)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.life.chain import Chain

REJECTED_BY = {
    "reconnect/while_down[cut]": {
        "step": "dial",
        "expected": "closed or refused within 6.5 s",
        "observed": "accepted and left hanging",
    },
    "reconnect/while_down[frozen]": {"step": "dial", "observed": "accepted and left hanging"},
}


class Faulty(Tunnel):
    @override
    def connect(self) -> Chain:
        if self.io_loop and self.forwarder:
            self.io_loop.call(self.grant)
        return super().connect()

    def grant(self) -> None:
        if self.forwarder:
            for pending in self.forwarder.pending:
                self.forwarder.wait(pending)


if __name__ == "__main__":
    serve(Faulty, "starts_the_wait_of_its_clients_anew_at_each_attempt")
