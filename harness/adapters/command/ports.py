"""Chooses a local port, and keeps it from other adapters until the client has it."""

from __future__ import annotations

import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING

from harness.adapters.command.failure import failed

if TYPE_CHECKING:
    from collections.abc import Iterator

FIRST, LAST = 60000, 65000


@contextmanager
def reserved(host: str, first: int = FIRST) -> Iterator[int]:
    """Yield the first free port from ``first`` on. Raises Failure when there is none.

    The port is bound without SO_REUSEADDR, so that two adapters never choose the same one; with the option set
    afterwards, a client that sets it too can still listen there (socket(7)).
    """
    with _bound(host, first) as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        yield holder.getsockname()[1]


def _bound(host: str, first: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, 0, type=socket.SOCK_STREAM)[0]
    except OSError as error:
        raise failed("bad-profile", f"the local address {host!r} cannot be used: {error}") from error
    for port in range(first, LAST + 1):
        holder = socket.socket(family, kind, protocol)
        try:
            holder.bind((address[0], port, *address[2:]))
        except OSError:
            holder.close()
        else:
            return holder
    raise failed("port-in-use", f"no port from {first} to {LAST} is free at {host}")
