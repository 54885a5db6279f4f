"""The local endpoint: bound in one step, so that nothing can come between a check and its use."""

from __future__ import annotations

import copy
import errno
import socket
import threading
from contextlib import suppress
from typing import Self

from tunnel_impl.errors import TunnelError
from tunnel_impl.profile import Local, address

FIRST_PORT = 60000
LAST_PORT = 65000
_ABSENT = {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}


class Listener:
    """Listening sockets, one for each address of the local host; all on ``port``."""

    def __init__(self, local: Local) -> None:
        """Bind. Raises TunnelError ``port-in-use``, or ``bad-profile`` when the address is not this machine's."""
        self.host = local.host
        self.port = 0
        self._closing = threading.Lock()
        self.sockets: tuple[socket.socket, ...] = ()
        for port in self.ports(local):
            try:
                self.sockets = self.bind(port)
                self.port = port
                return
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    raise self._trouble(error) from error
        wanted = address(local.host, local.port) if local.port else f"every port from {FIRST_PORT} up to {LAST_PORT}"
        advice = f"{wanted} is already in use on this machine; stop what uses it, or choose another local port."
        raise TunnelError("port-in-use", advice)

    @property
    def address(self) -> str:
        """The first of the addresses, as a client can dial it without looking anything up."""
        return str(self.sockets[0].getsockname()[0])

    def ports(self, local: Local) -> range:
        """Return the ports to try, in order."""
        return range(local.port, local.port + 1) if local.port else range(FIRST_PORT, LAST_PORT + 1)

    def bind(self, port: int) -> tuple[socket.socket, ...]:
        """Listen on ``port``. Raises OSError with EADDRINUSE when somebody else does."""
        sockets: list[socket.socket] = []
        absent: OSError | None = None
        try:
            for family, where in _addresses(self.host, port):
                try:
                    sockets.append(_listen(family, where))
                except OSError as error:
                    if error.errno not in _ABSENT:
                        raise
                    absent = error
        except OSError:
            _close(sockets)
            raise
        if not sockets and absent:
            raise absent
        return tuple(sockets)

    def share(self) -> Self | None:
        """Return a second holder of these sockets, which listen until both have closed; None when they do no more.

        From any thread.
        """
        other = copy.copy(self)
        with self._closing:
            if not self.sockets or any(sock.fileno() < 0 for sock in self.sockets):
                return None
            other.sockets = _duplicates(self.sockets)
        return other

    def close(self) -> None:
        """Stop listening; connections that nobody accepted are reset."""
        with self._closing:
            _close(self.sockets)

    def _trouble(self, error: OSError) -> TunnelError:
        if error.errno == errno.EACCES:
            return TunnelError("bad-profile", "local.port: this port is reserved; choose one from 1024 up, or 0")
        return TunnelError("bad-profile", f"local.host: {self.host} is not an address of this machine ({error})")


def _addresses(host: str, port: int) -> list[tuple[int, tuple[object, ...]]]:
    """Return where to listen. ``localhost`` is every loopback address, whichever a client may try (RFC 6761 §6.3)."""
    names = ("127.0.0.1", "::1") if host.lower() == "localhost" else (host,)
    found: dict[tuple[int, tuple[object, ...]], None] = {}
    for name in names:
        for family, _, _, _, where in socket.getaddrinfo(name, port, type=socket.SOCK_STREAM):
            found[family, where] = None
    return list(found)


def _listen(family: int, where: tuple[object, ...]) -> socket.socket:
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.setblocking(False)
        sock.bind(where)
        sock.listen(socket.SOMAXCONN)
    except BaseException:
        sock.close()
        raise
    return sock


def _duplicates(sockets: tuple[socket.socket, ...]) -> tuple[socket.socket, ...]:
    made: list[socket.socket] = []
    try:
        made.extend(sock.dup() for sock in sockets)
    except OSError:
        _close(made)
        raise
    return tuple(made)


def _close(sockets: tuple[socket.socket, ...] | list[socket.socket]) -> None:
    for sock in sockets:
        with suppress(OSError):
            sock.close()
