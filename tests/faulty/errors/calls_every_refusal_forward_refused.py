"""Has one error for every channel that was not opened, whatever the server's reason (mscdex/ssh2#946)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.errors import TunnelError
from tunnel_impl.forwarding.forwarder import Forwarder
from tunnel_impl.forwarding.io_loop import IoLoop
from tunnel_impl.forwarding.listener import Listener
from tunnel_impl.ssh.channel import Refusal

REJECTED_BY = {
    "errors/forwarding[not-allowed]": {"step": "expect error", "observed": "the error is forward-refused"},
    "errors/forwarding[unresolved]": {"step": "expect error", "observed": "the error is forward-refused"},
}


class Vague(Forwarder):
    @override
    def refusal(self, refusal: Refusal) -> TunnelError:
        return TunnelError("forward-refused", f"No connection to {self.target}: {refusal.text}.")


class Faulty(Tunnel):
    @override
    def new_forwarder(self, listener: Listener, io_loop: IoLoop) -> Forwarder:
        return Vague(listener, self.profile.target, self.profile.timeouts.open, io_loop, self.note)


if __name__ == "__main__":
    serve(Faulty, "calls_every_refusal_forward_refused")
