"""Has the server cut all data into packets of 1 KiB, each with its own cost (paramiko/paramiko#175)."""

from __future__ import annotations

from tunnel_impl import Tunnel
from tunnel_impl.adapter.service import serve
from tunnel_impl.ssh import session

session.PACKET = 1 << 10


if __name__ == "__main__":
    serve(Tunnel, "asks_for_packets_of_a_kibibyte")
