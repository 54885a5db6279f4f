"""Sends packets as large as those that it takes itself, whatever the server's maximum is (RFC 4254 §5.2)."""

from __future__ import annotations

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.ssh.channel import PACKET, Channel

REJECTED_BY = {
    "data/one_packet[one-byte-more]": {"step": "echo", "observed": "0 of 32769 bytes came back"},
}

as_opened = Channel.on_opened


def opened_with_its_own_maximum(channel: Channel, remote_number: int, window: int, largest: int) -> None:
    del largest
    as_opened(channel, remote_number, window, PACKET)


Channel.on_opened = opened_with_its_own_maximum


class Faulty(Tunnel):
    pass


if __name__ == "__main__":
    serve(Faulty, "sends_packets_as_large_as_its_own")
