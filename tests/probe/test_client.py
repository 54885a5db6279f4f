"""The client behind a scenario, against the probe target and against tunnels with one defect each."""

from __future__ import annotations

import hashlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress

import pytest

from harness.address import Address
from harness.errors import Failed
from harness.probe import client, talk
from harness.probe.client import Stream
from harness.probe.talk import Way
from harness.probe.target import pattern

from .control import Control

SIZE = 1 << 20


@pytest.fixture
def place(target: Control) -> Way:
    """Where a tunnel that works leads."""
    return Way(Address(*target.address))


@pytest.fixture
def tunnel() -> Iterator[socket.socket]:
    """A listener that the test itself plays the tunnel on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(5)
        yield listener


def at(listener: socket.socket) -> Way:
    """Return where it listens."""
    return Way(Address(*listener.getsockname()))


def test_a_stream_is_read_only_when_it_is_drained(place: Way, target: Control) -> None:
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
    use: Callable[[Way], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when its end is there before the first byte is sent."""
    mine, peer = socket.socketpair()
    peer.close()
    monkeypatch.setattr(talk, "dial", lambda _place, _within: mine)
    with pytest.raises(Failed):
        use(Way(Address("127.0.0.1", 1)))
    assert mine.fileno() == -1


def in_two_steps(peer: socket.socket) -> None:
    """Send the ten bytes that were asked for, in two halves, each after a while."""
    _, size, seed = peer.recv(64).split()
    data = pattern(int(seed), 0, int(size))
    for half in (data[:5], data[5:]):
        time.sleep(0.35)
        peer.sendall(half)


def slow_reader(peer: socket.socket) -> None:
    """Take what comes little by little, count it, and answer."""
    digest, count = hashlib.sha256(), 0
    peer.recv(4, socket.MSG_WAITALL)
    while data := peer.recv(1 << 16, socket.MSG_WAITALL):
        digest.update(data)
        count += len(data)
        time.sleep(0.05)
    peer.sendall(b"%d %s\n" % (count, digest.hexdigest().encode()))


def slow_reader_after_the_end(peer: socket.socket) -> None:
    """Send what was asked for and the end of it, and take what comes little by little."""
    _, size, seed = peer.recv(64).split()
    peer.sendall(pattern(int(seed), 0, int(size)))
    peer.shutdown(socket.SHUT_WR)
    while peer.recv(1 << 16, socket.MSG_WAITALL):
        time.sleep(0.05)


@pytest.mark.parametrize(
    ("behave", "use"),
    [
        (in_two_steps, lambda place: client.download(place, 10, 0.5)),
        (slow_reader, lambda place: client.upload(place, SIZE, 0.5)),
        (slow_reader_after_the_end, lambda place: client.answer_after_end(place, SIZE, 0.5)),
    ],
    ids=["download", "upload", "answer after end"],
)
def test_the_time_bounds_all_of_it_together(
    behave: Callable[[socket.socket], None], use: Callable[[Way], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A tunnel that is never silent for long, but too slow, fails."""
    mine, peer = socket.socketpair()
    monkeypatch.setattr(talk, "dial", lambda _place, _within: mine)

    def serve() -> None:
        with peer, suppress(OSError):
            behave(peer)

    server = threading.Thread(target=serve)
    server.start()
    with pytest.raises(Failed, match="no answer in time"):
        use(Way(Address("127.0.0.1", 1)))
    server.join(5)


@pytest.mark.parametrize("host", ["127.0.0.1", "x" * 64])
def test_an_endpoint_that_takes_nobody_is_the_tunnel_s_failure(host: str) -> None:
    """Whether nothing listens there or it is no name at all."""
    with pytest.raises(Failed, match="to accept a connection at"):
        talk.dial(Address(host, 1), 1)


def test_more_bytes_than_were_sent_are_told_as_such(tunnel: socket.socket) -> None:
    """The connection has not ended."""
    held = client.Held(at(tunnel), 5)
    with closing(held), tunnel.accept()[0] as server:
        answers = threading.Thread(target=lambda: server.sendall(2 * server.recv(64, socket.MSG_WAITALL)))
        answers.start()
        with pytest.raises(Failed, match="the 64 bytes that were sent to come back; observed more came back: 128"):
            held.echo(64, 5)
        answers.join()
