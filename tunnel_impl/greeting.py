"""What a server says before anything else (RFC 4253 §4.2)."""

from __future__ import annotations

from paramiko.packet import Packetizer

from tunnel_impl.wire import Wire


class Greeted(Packetizer):
    """Keeps what the server said up to its banner, and leaves time limits to whoever connects."""

    def __init__(self, wire: Wire) -> None:
        super().__init__(wire)  # type: ignore[arg-type]  # as much of a socket as is used
        self.greeting = b""

    def start_handshake(self, timeout: float) -> None:
        """Start no timer."""

    def _read_timeout(self, timeout: float) -> bytes:
        """Read what comes next of the greeting; paramiko reads nothing else in this way."""
        data: bytes = super()._read_timeout(timeout)  # type: ignore[misc]  # the stubs leave it out
        self.greeting += data
        return data
