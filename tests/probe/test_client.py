"""The client behind a scenario, against the probe target and against tunnels with one defect each."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from harness.errors import Failed
from harness.probe import client
from harness.probe.client import Stream
from harness.world.fabric import Address

from .control import Control

SIZE = 1 << 20


@pytest.fixture
def place(target: Control) -> Address:
    """Where a tunnel that works leads."""
    return Address(*target.address)


@pytest.fixture
def tunnel() -> Iterator[socket.socket]:
    """A listener that the test itself plays the tunnel on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(5)
        yield listener


def at(listener: socket.socket) -> Address:
    """Return where it listens."""
    return Address(*listener.getsockname())


def test_a_stream_is_read_only_when_it_is_drained(place: Address, target: Control) -> None:
    """Until then the target is held up by what nobody takes; then every byte comes."""
    size = 64 << 20
    with closing(Stream(place, size, 5)) as stream:
        assert settled(lambda: sum(one["sent"] for one in target.connections())) < size
        stream.drain(20)
    assert sum(one["sent"] for one in target.connections()) == size


def settled(number: Callable[[], int]) -> int:
    """Return ``number`` once it has stayed the same for a moment and is not 0."""
    before = -1
    while (now := number()) != before or now == 0:
        before = now
        time.sleep(0.1)
    return now


def test_a_wrong_byte_in_a_stream_is_seen(tunnel: socket.socket) -> None:
    """Also when there are enough of them."""
    stream = Stream(at(tunnel), 100, 5)
    with tunnel.accept()[0] as server:
        server.sendall(bytes(100))
        with pytest.raises(Failed, match="a wrong byte between 0 and 100"):
            stream.drain(2)


def drained(stream: Stream) -> None:
    """Drain a stream on which nothing comes."""
    with pytest.raises(Failed, match="no answer in time"):
        stream.drain(0.1)


def ended_by(server: socket.socket) -> str:
    """Return how a connection ended, whatever came before."""
    try:
        while server.recv(64):
            pass
        return "eof"
    except ConnectionResetError:
        return "reset"


@pytest.mark.parametrize("ending", [Stream.close, Stream.abort, drained])
def test_a_stream_leaves_no_socket(tunnel: socket.socket, ending: Callable[[Stream], None]) -> None:
    """However it ends, its peer is told."""
    stream = Stream(at(tunnel), 100, 5)
    with tunnel.accept()[0] as server:
        server.settimeout(2)
        with server.makefile("rb") as reader:
            reader.readline()
        ending(stream)
        assert ended_by(server) == ("reset" if ending is Stream.abort else "eof")


def test_abandoned_connections_are_reset_one_after_the_other(tunnel: socket.socket) -> None:
    """As many as were asked for."""
    client.abandon(at(tunnel), 3, 5)
    for _ in range(3):
        with tunnel.accept()[0] as server:
            server.settimeout(2)
            assert ended_by(server) == "reset"
    tunnel.setblocking(False)
    with pytest.raises(BlockingIOError):
        tunnel.accept()


@pytest.mark.parametrize(
    "use",
    [
        lambda place: client.download(place, SIZE, 1),
        lambda place: client.upload(place, SIZE, 1),
        lambda place: client.round_trip(place, SIZE, 1),
        lambda place: client.answer_after_end(place, SIZE, 1),
        lambda place: client.echo_once(place, SIZE, 1),
        lambda place: Stream(place, SIZE, 1),
    ],
    ids=["download", "upload", "round trip", "answer after end", "echo", "stream"],
)
def test_a_connection_that_ended_at_once_is_the_tunnel_s_failure(
    use: Callable[[Address], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when its end is there before the first byte is sent."""
    mine, peer = socket.socketpair()
    peer.close()
    monkeypatch.setattr(client, "dial", lambda _place, _within: mine)
    with pytest.raises(Failed):
        use(Address("127.0.0.1", 1))
    assert mine.fileno() == -1


@pytest.mark.parametrize("host", ["127.0.0.1", "x" * 64])
def test_an_endpoint_that_takes_nobody_is_the_tunnel_s_failure(host: str) -> None:
    """Whether nothing listens there or it is no name at all."""
    with pytest.raises(Failed, match="to accept a connection at"):
        client.dial(Address(host, 1), 1)
