"""Listens on a new port after each loss; the old one is gone (TabularisDB/tabularis#406)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Endpoint, Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.life.chain import Chain

REJECTED_BY = {
    "reconnect/link_cut_and_mended": {"step": "works_again", "expected": "a client to be served again within 5 s"},
    "reconnect/status_follows": {"step": "expect port", "observed": "the endpoint is 127.0.0.1:"},
}


class Faulty(Tunnel):
    @override
    def recover(self, loss: TunnelError) -> Chain:
        io_loop, old = self.io_loop, self.forwarder
        if io_loop and old:
            listener = self.parts.listener(self.profile.local)
            io_loop.call(old.end)
            self.forwarder = self.new_forwarder(listener, io_loop)
            self.become("reconnecting", loss, Endpoint(listener.host, listener.port))
        chain = super().recover(loss)
        if self.forwarder:
            self.forwarder.start(chain.final)
        return chain


if __name__ == "__main__":
    serve(Faulty, "reconnects_on_another_port")
