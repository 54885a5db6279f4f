"""Chooses a local port."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from harness.adapters.openssh.failure import failed

if TYPE_CHECKING:
    from collections.abc import Iterator

FIRST, LAST = 60000, 65000


def free_ports(host: str) -> Iterator[int]:
    """Yield the ports that nobody listens at, from 60000 on. Raises Failure when there are no more."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, 0, type=socket.SOCK_STREAM)[0]
    except OSError as error:
        raise failed("bad-profile", f"the local address {host!r} cannot be used: {error}") from error
    for port in range(FIRST, LAST + 1):
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address[0], port, *address[2:]))
                probe.listen(1)
            except OSError:
                continue
        yield port
    raise failed("port-in-use", f"no port from {FIRST} to {LAST} is free at {host}")
