"""Chooses a local port for a client that takes no port 0, and keeps it from others until the client has it."""

from __future__ import annotations

import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING

from harness.adapters.command.failure import failed

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def reserved(host: str) -> Iterator[int]:
    """Yield a free port. Raises Failure when ``host`` is not an address of this machine.

    The port is bound without SO_REUSEADDR, so that two adapters never choose the same one; with the option set
    afterwards, a client that sets it too can still listen there (socket(7)).
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, 0, type=socket.SOCK_STREAM)[0]
        holder = socket.socket(family, kind, protocol)
    except OSError as error:
        raise failed("bad-profile", f"the local address {host!r} cannot be used: {error}") from error
    with holder:
        try:
            holder.bind(address)
        except OSError as error:
            raise failed("bad-profile", f"the local address {host!r} cannot be used: {error}") from error
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        yield holder.getsockname()[1]
