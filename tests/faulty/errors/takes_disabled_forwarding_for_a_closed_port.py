"""Knows a prohibition only by the word PermitOpen; all others are refusals to it (mscdex/ssh2#946)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.forwarder import Forwarder
from tunnel_impl.forwarding.io_loop import IoLoop
from tunnel_impl.forwarding.listener import Listener
from tunnel_impl.ssh.channel import Refusal

REJECTED_BY = {
    "errors/forwarding[disabled]": {"step": "expect error", "observed": "the error is forward-refused"},
    "errors/forwarding[remote-only]": {"step": "expect error", "observed": "the error is forward-refused"},
}


class Vague(Forwarder):
    @override
    def refusal(self, refusal: Refusal) -> TunnelError:
        error = super().refusal(refusal)
        return TunnelError("forward-refused", error.message) if "permitopen" not in refusal.text.lower() else error


class Faulty(Tunnel):
    @override
    def new_forwarder(self, listener: Listener, io_loop: IoLoop) -> Forwarder:
        return Vague(listener, self.profile.target, self.profile.timeouts.open, io_loop, self.note)


if __name__ == "__main__":
    serve(Faulty, "takes_disabled_forwarding_for_a_closed_port")
