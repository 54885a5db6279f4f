"""Keeps what the target says first on its first connection until the client speaks; all others are forwarded well."""

from __future__ import annotations

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.forwarder import Forwarder, _Pending
from tunnel_impl.forwarding.listener import Listener
from tunnel_impl.forwarding.relay import READ, Relay
from tunnel_impl.ssh.channel import Phase

REJECTED_BY = {
    "data/target_speaks_first": (
        "a greeting of the target before its client speaks, within 5 s; observed 0 of its 32 bytes"
    ),
}


class Mute(Forwarder):
    muted: _Pending | None = None
    spoken = False

    def _settle(self, pending: _Pending) -> None:
        self.muted = self.muted or pending
        channel = pending.channel
        if pending is self.muted and not self.spoken and channel and channel.phase is Phase.OPEN:
            self._relay.watch(pending.sock, READ, lambda _events: self._unmute(pending))
        else:
            super()._settle(pending)

    def _unmute(self, pending: _Pending) -> None:
        self.spoken = True
        self._relay.watch(pending.sock, 0, self._nothing)
        self._settle(pending)


class Faulty(Tunnel):
    def _new_forwarder(self, listener: Listener, relay: Relay) -> Forwarder:
        return Mute(listener, self.profile.target, self.profile.timeouts.open, relay, self._note)


if __name__ == "__main__":
    serve(Faulty, "mutes_its_first_connection")
