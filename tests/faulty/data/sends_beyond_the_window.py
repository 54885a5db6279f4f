"""Sends whatever its client has, and leaves it to the server to find room for it (RFC 4254 §5.2)."""

from __future__ import annotations

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.ssh.channel import Channel, Phase

REJECTED_BY = {
    "data/slow_target": {"step": "upload", "expected": "a reply after the end of 67108864 bytes, with their checksum"},
}


def endless_room(channel: Channel) -> int:
    may_send = channel.phase is Phase.OPEN and not channel.eof_sent and not channel.closed
    return channel.largest if may_send and channel.carrier.ready_for_data() else 0


Channel.room = endless_room


class Faulty(Tunnel):
    pass


if __name__ == "__main__":
    serve(Faulty, "sends_beyond_the_window")
