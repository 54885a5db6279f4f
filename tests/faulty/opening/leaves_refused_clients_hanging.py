"""Does not close a local connection whose channel was refused (hierynomus/sshj#175, pahaz/sshtunnel#94)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.forwarder import Forwarder, Pending
from tunnel_impl.forwarding.io_loop import IoLoop
from tunnel_impl.forwarding.listener import Listener
from tunnel_impl.ssh.channel import Phase, Refusal

REJECTED_BY = {
    "opening/target_refuses": {"step": "dial", "observed": "accepted and left hanging"},
}


class Inattentive(Forwarder):
    @override
    def settle(self, pending: Pending) -> None:
        if pending.channel and pending.channel.phase is Phase.REFUSED:
            self.report(self.refusal(pending.channel.refusal or Refusal(0, "")))
        else:
            super().settle(pending)


class Faulty(Tunnel):
    @override
    def new_forwarder(self, listener: Listener, io_loop: IoLoop) -> Forwarder:
        return Inattentive(listener, self.profile.target, self.profile.timeouts.open, io_loop, self.note)


if __name__ == "__main__":
    serve(Faulty, "leaves_refused_clients_hanging")
