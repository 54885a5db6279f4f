"""Takes a channel that is prohibited for a session that went wrong, and begins a new one (mscdex/ssh2#946)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.forwarder import Forwarder
from tunnel_impl.forwarding.io_loop import IoLoop
from tunnel_impl.forwarding.listener import Listener
from tunnel_impl.ssh.channel import Refusal

REJECTED_BY = {
    "opening/forwarding_restricted[to-another-target]": {"step": "expect sessions", "observed": "0 sessions"},
}


class Hasty(Forwarder):
    @override
    def refusal(self, refusal: Refusal) -> TunnelError:
        error = super().refusal(refusal)
        if error.code == "forward-prohibited" and self.session:
            self.session.abort()
        return error


class Faulty(Tunnel):
    @override
    def new_forwarder(self, listener: Listener, io_loop: IoLoop) -> Forwarder:
        return Hasty(listener, self.profile.target, self.profile.timeouts.open, io_loop, self.note)


if __name__ == "__main__":
    serve(Faulty, "reconnects_when_forwarding_is_prohibited")
