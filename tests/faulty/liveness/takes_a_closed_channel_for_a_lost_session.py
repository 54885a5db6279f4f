"""Reconnects when the server closes a channel that the client still had open (class LIV-12)."""

from __future__ import annotations

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.ssh.channel import Channel
from tunnel_impl.ssh.session import Session

REJECTED_BY = {
    "liveness/channel_timeout": {"step": "echo", "observed": "0 of 1024 bytes came back, then the connection ended"},
}


class Alarmed(Session):
    @override
    def forget(self, channel: Channel) -> None:
        if channel.remote_closed and not channel.eof_sent:
            self.abort()
        super().forget(channel)


class Faulty(Tunnel):
    parts = Parts(session=Alarmed)


if __name__ == "__main__":
    serve(Faulty, "takes_a_closed_channel_for_a_lost_session")
