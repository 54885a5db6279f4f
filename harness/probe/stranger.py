"""A server that speaks something other than SSH."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import Literal

from harness.address import Address

Language = Literal["http", "mysql"]
_BAD_REQUEST = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_HANDSHAKE = b"\x0a8.0.36\x00\x01\x00\x00\x00" + b"a" * 8 + b"\x00\xff\xff\xff\x02\x00\xff\xdf\x15" + bytes(10)
"""The beginning of HandshakeV10 (MySQL's documentation, Connection Phase)."""
_GREETING = len(_HANDSHAKE).to_bytes(3, "little") + b"\x00" + _HANDSHAKE


class Stranger:
    """Listens on loopback: ``http`` answers its client's first line, ``mysql`` greets and waits for an answer."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._clients: list[socket.socket] = []
        self.address = Address("127.0.0.1", self._listener.getsockname()[1])
        self._thread = threading.Thread(target=self._accept, name=f"{language} server", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening and end what is open."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()
        for client in self._clients:
            with suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self._clients.append(client)
                threading.Thread(target=self._speak, args=(client,), name="stranger", daemon=True).start()

    def _speak(self, client: socket.socket) -> None:
        with client, suppress(OSError):
            if self._language == "mysql":
                client.sendall(_GREETING)
                while client.recv(4096):
                    pass
            elif client.recv(4096):
                client.sendall(_BAD_REQUEST)
