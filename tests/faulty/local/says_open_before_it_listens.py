"""Says that it is open while its listener still starts in another thread (Sequel-Ace/Sequel-Ace#166)."""

from __future__ import annotations

import socket
import threading
import time

from typing_extensions import override

from tunnel_impl import Parts, Tunnel
from tunnel_impl.adapter import serve
from tunnel_impl.forwarding.listener import Listener

REJECTED_BY = {
    "local/first_connection[often]": {"step": "cycle", "expected": "the tunnel to accept a connection at 127.0.0.1:"},
    "local/first_connection[over-a-long-way]": {
        "step": "cycle",
        "expected": "the tunnel to accept a connection at 127.0.0.1:",
    },
}

STARTING = 0.05


class Late(Listener):
    @override
    def bind(self, port: int) -> tuple[socket.socket, ...]:
        reserved = super().bind(port)
        sockets = tuple(socket.socket(sock.family, sock.type) for sock in reserved)
        for sock, before in zip(sockets, reserved, strict=True):
            where = before.getsockname()
            before.close()
            sock.setblocking(False)
            sock.bind(where)
        threading.Thread(target=self.listen, args=(sockets,), daemon=True).start()
        return sockets

    def listen(self, sockets: tuple[socket.socket, ...]) -> None:
        time.sleep(STARTING)
        for sock in sockets:
            sock.listen()


class Faulty(Tunnel):
    parts = Parts(listener=Late)


if __name__ == "__main__":
    serve(Faulty, "says_open_before_it_listens")
