"""Goes on listening after the end of its session, and drops each client at once (metabase/metabase#14842)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.forwarder import Forwarder, Pending
from tunnel_impl.forwarding.io_loop import IoLoop
from tunnel_impl.forwarding.listener import Listener
from tunnel_impl.life.chain import Chain

REJECTED_BY = {
    "reconnect/back_or_gone[reset]": {
        "step": "expect endpoint",
        "expected": "new clients to be served, or refused within 25s",
        "observed": "a new client was accepted but not served",
    },
    "reconnect/back_or_gone[frozen]": {
        "step": "expect endpoint",
        "expected": "new clients to be served, or refused within 25s",
        "observed": "a new client was accepted but not served",
    },
    "reconnect/given_up_for_good[reset]": {"step": "expect listens", "observed": "listening at"},
}

_FOR_EVER = 10.0**6


class Dropping(Forwarder):
    @override
    def open_channel(self, pending: Pending) -> None:
        if self.session is None or self.session.ended:
            self.drop(pending)
            return
        super().open_channel(pending)


class Faulty(Tunnel):
    @override
    def recover(self, loss: TunnelError) -> Chain:
        self.become("failed", loss)
        self.cancellation.sleep(_FOR_EVER)
        raise loss

    @override
    def new_forwarder(self, listener: Listener, io_loop: IoLoop) -> Forwarder:
        return Dropping(listener, self.profile.target, self.profile.timeouts.open, io_loop, self.note)


if __name__ == "__main__":
    serve(Faulty, "lets_clients_in_and_drops_them_for_good")
