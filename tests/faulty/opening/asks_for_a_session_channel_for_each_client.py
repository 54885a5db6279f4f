"""Opens a session channel beside each channel to the target, and never closes it.

See l0ng-ai/tty7#715, paramiko/paramiko#2346.
"""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.forwarder import Forwarder, Pending
from tunnel_impl.forwarding.io_loop import IoLoop
from tunnel_impl.forwarding.listener import Listener
from tunnel_impl.ssh.channel import Phase
from tunnel_impl.ssh.opening import Opening

REJECTED_BY = {
    "opening/one_after_the_other[max-sessions-1]": {
        "step": "expect session_channels",
        "observed": "session channels among",
    },
    "opening/account_that_may_only_forward": {
        "step": "expect session_channels",
        "observed": "1 session channels among 2 channels",
    },
}


class Wasteful(Forwarder):
    @override
    def settle(self, pending: Pending) -> None:
        channel = pending.channel
        if self.session and channel and channel.phase is Phase.OPEN:
            self.session.ask_for_channel(Opening("session", b""), lambda: None)
        super().settle(pending)


class Faulty(Tunnel):
    @override
    def new_forwarder(self, listener: Listener, io_loop: IoLoop) -> Forwarder:
        return Wasteful(listener, self.profile.target, self.profile.timeouts.open, io_loop, self.note)


if __name__ == "__main__":
    serve(Faulty, "asks_for_a_session_channel_for_each_client")
