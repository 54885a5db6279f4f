"""Reaches the first SSH server: name, addresses, TCP."""

from __future__ import annotations

import errno
import socket
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from tunnel_impl.cancellation import Cancellation
from tunnel_impl.errors import TunnelError
from tunnel_impl.profile import address

_NO_WAY = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EHOSTDOWN}
_Address = tuple[int, int, int, str, tuple[Any, ...]]


class Dialler:
    """Dials; the name is looked up afresh each time. ``timeout`` in seconds is for the look-up and TCP together."""

    def __init__(self, timeout: float, cancellation: Cancellation) -> None:
        self._timeout = timeout
        self.cancellation = cancellation

    def connect(self, host: str, port: int) -> socket.socket:
        """Return a connected socket, trying each address of ``host`` in turn.

        Raises TunnelError ``dns-failed``, ``connection-refused``, ``timeout`` or ``cancelled``.
        """
        error: OSError = OSError("it has no address")
        until = time.monotonic() + self._timeout
        addresses = self.resolve(host, port)
        for left in range(len(addresses), 0, -1):
            try:
                return self.dial(addresses[-left], max(0.0, until - time.monotonic()) / left)
            except OSError as trouble:
                self.cancellation.check()
                error = trouble
        where = address(host, port)
        if isinstance(error, TimeoutError):
            advice = f"{where} did not answer within {self._timeout:g} s: check host, port and firewalls on the way."
            raise TunnelError("timeout", advice) from error
        why = error.strerror or str(error)
        if error.errno in _NO_WAY:
            advice = f"There is no route to {where} ({why}): check this machine's network, its VPN, and the host."
            raise TunnelError("connection-refused", advice) from error
        advice = f"{why} by {where}: check that the SSH server runs, and that host and port are right."
        raise TunnelError("connection-refused", advice) from error

    def resolve(self, host: str, port: int) -> Sequence[_Address]:
        """Return the addresses of ``host``. A look-up that takes too long is left behind in its thread."""
        with suppress(OSError):
            return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
        done = threading.Event()
        found: list[_Address] = []
        failures: list[OSError] = []

        def look_up() -> None:
            try:
                found.extend(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
            except OSError as error:
                failures.append(error)
            except UnicodeError as error:
                failures.append(OSError(0, f"not a host name: {error}"))
            done.set()

        with self.cancellation.wakes(done.set):
            threading.Thread(target=look_up, name="tunnel-dns", daemon=True).start()
            done.wait(self._timeout)
        self.cancellation.check()
        if not found:
            why = failures[0].strerror if failures else f"no answer within {self._timeout:g} s"
            advice = f"The name {host} cannot be looked up ({why}): check the host name and this machine's network."
            raise TunnelError("dns-failed", advice)
        return found

    def dial(self, where: _Address, timeout: float) -> socket.socket:
        """Return a socket that is connected to one address. Raises OSError, and TunnelError ``cancelled``."""
        family, kind, protocol, _, target = where
        sock = socket.socket(family, kind, protocol)
        try:
            with self.cancellation.wakes(lambda: _wake(sock)):
                sock.settimeout(max(timeout, 0.001))
                sock.connect(target)
            self.cancellation.check()
        except BaseException:
            sock.close()
            raise
        return sock


def _wake(sock: socket.socket) -> None:
    with suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)
