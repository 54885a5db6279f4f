"""Listens and says that it is connected after its session has ended (TableProApp/TablePro#739)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.life.chain import Chain

REJECTED_BY = {
    "reconnect/back_or_gone[killed]": {
        "step": "expect endpoint",
        "expected": "new clients to be served, or refused within 25s",
        "observed": "a new client was accepted but not served",
    },
    "reconnect/given_up_for_good[killed]": {"step": "expect listens", "observed": "listening at"},
    "reconnect/status_of_a_tunnel_that_ended": {"step": "expect state", "observed": "the state is connected"},
}


class Faulty(Tunnel):
    @override
    def watch(self, chain: Chain) -> TunnelError:
        self.cancellation.sleep(10.0**6)
        return chain.loss()


if __name__ == "__main__":
    serve(Faulty, "does_not_see_the_end_of_its_session")
