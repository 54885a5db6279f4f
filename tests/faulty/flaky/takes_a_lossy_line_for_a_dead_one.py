"""Ends a session for which TCP had to send ten segments again (tcp(7), TCP_INFO; requirement FLAKY-1)."""

from __future__ import annotations

import socket
import sys
import threading
import time
from contextlib import suppress

from typing_extensions import override

from tunnel_impl import Tunnel, TunnelError
from tunnel_impl.adapter import serve
from tunnel_impl.life.chain import Chain
from tunnel_impl.ssh.session import Session

REJECTED_BY = {
    "flaky/packet_loss": {"step": "transfer", "expected": "4194304 bytes"},
}

TOO_MANY = 10


class Faulty(Tunnel):
    @override
    def watch(self, chain: Chain) -> TunnelError:
        threading.Thread(target=self.count_losses, args=(chain.sessions[0],), daemon=True).start()
        return super().watch(chain)

    def count_losses(self, session: Session) -> None:
        while not session.ended and sent_again(session) < TOO_MANY:
            time.sleep(0.02)
        session.end()


def sent_again(session: Session) -> int:
    with suppress(OSError):
        told = session.wire.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 104)
        return int.from_bytes(told[100:104], sys.byteorder)
    return 0


if __name__ == "__main__":
    serve(Faulty, "takes_a_lossy_line_for_a_dead_one")
