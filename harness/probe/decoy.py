"""A listener where nobody should connect."""

from __future__ import annotations

import socket
import time
from contextlib import suppress

from harness.errors import FabricBroken

_WAIT = 20.0
_POLL = 0.1


class Decoy:
    """Listens on ``port`` of 127.0.0.1 and, where there is one, of ::1, and counts who connects.

    Scenarios that run beside each other take turns at a port: it is waited for, up to 20 s. Raises FabricBroken.
    """

    def __init__(self, port: int) -> None:
        self.port = port
        self._came = 0
        self._listeners = [_listener("127.0.0.1", port)]
        with suppress(OSError):
            self._listeners.append(socket.create_server(("::1", port), family=socket.AF_INET6))
        for listener in self._listeners:
            listener.setblocking(False)

    @property
    def touched(self) -> int:
        """How many connections there were so far."""
        for listener in self._listeners:
            with suppress(BlockingIOError):
                while True:
                    listener.accept()[0].close()
                    self._came += 1
        return self._came

    def close(self) -> None:
        """Stop listening."""
        for listener in self._listeners:
            listener.close()


def _listener(host: str, port: int) -> socket.socket:
    deadline = time.monotonic() + _WAIT
    while True:
        try:
            return socket.create_server((host, port))
        except OSError as error:
            if time.monotonic() > deadline:
                raise FabricBroken(f"port {port} of {host} is taken, so no decoy can listen there: {error}") from error
            time.sleep(_POLL)
