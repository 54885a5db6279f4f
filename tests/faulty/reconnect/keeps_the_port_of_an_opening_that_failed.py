"""Takes its port before it logs in, and keeps it when that fails (agebrock/tunnel-ssh#101)."""

from __future__ import annotations

from typing import ClassVar

from typing_extensions import override

from tunnel_impl import Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.listener import Listener
from tunnel_impl.life.chain import Chain

REJECTED_BY = {
    "reconnect/opened_after_a_refused_login": {
        "step": "open",
        "expected": "open to succeed",
        "observed": "port-in-use",
    },
}


class Faulty(Tunnel):
    taken: ClassVar[list[Listener]] = []

    @override
    def connect(self) -> Chain:
        try:
            return super().connect()
        except TunnelError:
            if self.profile.local.port:
                self.taken.append(Listener(self.profile.local))
            raise


if __name__ == "__main__":
    serve(Faulty, "keeps_the_port_of_an_opening_that_failed")
