"""The target brought up with compose: sends back what it gets, on port 7000."""

from __future__ import annotations

import socketserver


class Echo(socketserver.BaseRequestHandler):
    """One connection."""

    def handle(self) -> None:
        """Send back every byte, until the other side has ended."""
        while data := self.request.recv(65536):
            self.request.sendall(data)


class Server(socketserver.ThreadingTCPServer):
    """A thread for each connection."""

    allow_reuse_address = True
    daemon_threads = True


with Server(("0.0.0.0", 7000), Echo) as server:
    server.serve_forever()
