"""A client that half-closes and hears the target out, against tunnels with one defect each."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator

import pytest

from harness.address import Address
from harness.errors import Failed
from harness.probe.client import Held, abort
from harness.probe.half_close import Rest
from harness.probe.talk import Way

SIZE = 100


@pytest.fixture
def near() -> Iterator[tuple[Held, socket.socket]]:
    """A connection that is held, and the end of it that the test itself plays."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        held = Held(Way(Address(*listener.getsockname())), 5)
        with listener.accept()[0] as server:
            server.settimeout(5)
            yield held, server
        held.close()


def everything(server: socket.socket) -> bytes:
    """Return what the client sent after its first line, to its end."""
    with server.makefile("rb") as reader:
        reader.readline()
        return reader.read()


def test_what_was_sent_before_the_end_must_come_back(near: tuple[Held, socket.socket]) -> None:
    """All of it, and the end behind it."""
    held, server = near
    rest = Rest(held, SIZE)
    server.sendall(everything(server))
    server.shutdown(socket.SHUT_WR)
    rest.drain(5)


@pytest.mark.parametrize(
    ("behave", "observed"),
    [
        (lambda server, sent: server.sendall(sent), f"{SIZE} bytes and no end"),
        (lambda server, sent: (server.sendall(sent[1:]), server.close()), f"{SIZE - 1} bytes, then the end"),
        (lambda server, sent: (server.sendall(bytes(len(sent))), server.close()), "other bytes"),
        (lambda server, _sent: abort(server), "0 bytes, then a reset"),
    ],
)
def test_whatever_else_comes_is_a_failure(
    near: tuple[Held, socket.socket], behave: Callable[[socket.socket, bytes], object], observed: str
) -> None:
    """No end, a byte too few, other bytes, a reset."""
    held, server = near
    rest = Rest(held, SIZE)
    behave(server, everything(server))
    with pytest.raises(Failed, match=observed):
        rest.drain(0.5)
