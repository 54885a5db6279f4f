"""Has the server cut all data into packets of 32 bytes, each with its own cost (paramiko/paramiko#175)."""

from __future__ import annotations

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.ssh import session

REJECTED_BY = {
    "data/long_line[no-delay]": {"step": "compare", "expected": "at least 0.05 of the speed of ssh -L"},
}

session.PACKET = 1 << 5


if __name__ == "__main__":
    serve(Tunnel, "asks_for_packets_of_32_bytes")
