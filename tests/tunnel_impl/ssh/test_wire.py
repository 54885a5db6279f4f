"""The byte stream under a session."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from tunnel_impl.ssh.wire import Wire


@pytest.fixture
def ends() -> Iterator[tuple[Wire, socket.socket]]:
    """A wire and the plain socket at its other end."""
    ours, theirs = socket.socketpair()
    wire = Wire(ours)
    with theirs:
        yield wire, theirs
        wire.release()


def test_sending_never_blocks(ends: tuple[Wire, socket.socket]) -> None:
    """A peer that does not read blocks no sender; the wire says that it is congested."""
    wire, _ = ends
    for _ in range(100):
        wire.send(b"x" * (1 << 16))
    assert wire.congested


def test_kept_data_arrives_in_order(ends: tuple[Wire, socket.socket]) -> None:
    """What was kept is sent once the peer reads, whole and in order, and the drain is told."""
    wire, theirs = ends
    drained = threading.Event()
    wire.on_drained = drained.set
    data = b"".join(number.to_bytes(4, "big") for number in range(1 << 19))
    for start in range(0, len(data), 10_000):
        wire.send(data[start : start + 10_000])
    received = b""
    while len(received) < len(data):
        received += theirs.recv(1 << 20)
    assert received == data
    assert drained.wait(5)
    assert not wire.congested


def test_reading_in_parts(ends: tuple[Wire, socket.socket]) -> None:
    """Reads take no more than asked for, lose nothing, and note when the peer was heard."""
    wire, theirs = ends
    before = wire.heard
    theirs.sendall(b"abcdef")
    assert (wire.recv(2), wire.recv(10)) == (b"ab", b"cdef")
    assert wire.heard > before


def test_close_wakes_a_reader(ends: tuple[Wire, socket.socket]) -> None:
    """Closing ends a read that waits, long before its own limit."""
    wire, _ = ends
    wire.settimeout(60)
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(wire.recv(1)))
    reader.start()
    wire.close()
    reader.join(5)
    assert got == [b""]


def test_sending_after_close(ends: tuple[Wire, socket.socket]) -> None:
    """A closed wire takes no more data."""
    wire, _ = ends
    wire.close()
    with pytest.raises(BrokenPipeError):
        wire.send(b"x")
