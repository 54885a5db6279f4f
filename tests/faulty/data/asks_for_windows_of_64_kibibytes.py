"""Lets the server send 64 KiB and then waits for a whole round trip (paramiko/paramiko#175, ronf/asyncssh#50)."""

from __future__ import annotations

from tunnel_impl import Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.ssh import channel, session

REJECTED_BY = {
    "data/long_line[50-milliseconds]": {"step": "compare", "expected": "at least 0.5 of the speed of ssh -L"},
    "data/long_line[100-milliseconds]": {"step": "compare", "expected": "at least 0.5 of the speed of ssh -L"},
}

session.WINDOW = 1 << 16
channel.ADJUST_AFTER = session.WINDOW // 2


if __name__ == "__main__":
    serve(Tunnel, "asks_for_windows_of_64_kibibytes")
