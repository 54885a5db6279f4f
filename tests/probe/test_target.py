from __future__ import annotations

import hashlib
import socket
import struct
import time
from collections.abc import Callable, Iterator

import pytest

from harness.probe.target import READY, pattern

from .control import Control


@pytest.fixture
def dial(target: Control) -> Iterator[Callable[[bytes], socket.socket]]:
    """Give a function that connects and sends the first line."""
    opened: list[socket.socket] = []

    def connect(first: bytes) -> socket.socket:
        client = socket.create_connection(target.address, timeout=5)
        opened.append(client)
        client.sendall(first)
        return client

    yield connect
    for client in opened:
        client.close()


Dial = Callable[[bytes], socket.socket]


def read_all(client: socket.socket) -> bytes:
    """Return everything up to EOF."""
    data = bytearray()
    while chunk := client.recv(1 << 20):
        data += chunk
    return bytes(data)


def ended(client: socket.socket) -> bool:
    """Tell whether the target ended a connection, in order or not."""
    try:
        return client.recv(1) == b""
    except ConnectionResetError:
        return True


def summary(data: bytes) -> bytes:
    """Return the reply of SUM."""
    return f"{len(data)} {hashlib.sha256(data).hexdigest()}\n".encode()


def test_echo_returns_everything_also_what_followed_the_first_line_at_once(dial: Dial) -> None:
    """ECHO returns the payload sent together with the first line and, after EOF, ends."""
    client = dial(b"ECHO\nhello")
    client.sendall(b" world")
    client.shutdown(socket.SHUT_WR)
    assert read_all(client) == b"hello world"


def test_send_sends_the_pattern_and_closes(dial: Dial) -> None:
    """SEND delivers exactly the bytes of the pattern, across chunk borders."""
    assert read_all(dial(b"SEND 300001 5\n")) == pattern(5, 0, 300001)


def test_sum_replies_only_after_eof(dial: Dial) -> None:
    """SUM is silent until the client half-closes, then replies with count and digest."""
    client = dial(b"SUM\nabc")
    client.settimeout(0.1)
    with pytest.raises(TimeoutError):
        client.recv(1)
    client.settimeout(5)
    client.shutdown(socket.SHUT_WR)
    assert read_all(client) == summary(b"abc")


def test_slow_reads_no_faster_than_asked(dial: Dial) -> None:
    """SLOW waits for READ, takes size divided by rate seconds at least, and replies without an end of the input."""
    client = dial(b"SLOW 100000 20000 7\n" + bytes(20000))
    assert client.recv(len(READY)) == READY
    began = time.monotonic()
    assert read_all(dial(b"READ 7\n")) == READY
    assert read_all(client) == summary(bytes(20000))
    assert time.monotonic() - began >= 0.19


def test_slow_reads_nothing_until_it_is_let(dial: Dial) -> None:
    """SLOW leaves what the client sends in the kernels, until its client is held up."""
    client = dial(b"SLOW 100000 20000 8\n")
    client.settimeout(0.1)
    with pytest.raises(TimeoutError):
        client.sendall(bytes(1 << 26))


def test_duplex_sends_while_it_reads(dial: Dial) -> None:
    """DUPLEX sends its pattern before the client's EOF and the summary after it."""
    client = dial(b"DUPLEX 1000 3\nabc")
    reader = client.makefile("rb")
    assert reader.read(1000) == pattern(3, 0, 1000)
    client.shutdown(socket.SHUT_WR)
    assert reader.read() == summary(b"abc")
    reader.close()


def test_silent_stops_reading(dial: Dial) -> None:
    """SILENT lets back-pressure build up until the client cannot send any more."""
    client = dial(b"SILENT\n")
    client.settimeout(0.3)
    with pytest.raises(TimeoutError):
        client.sendall(bytes(64 << 20))


def test_drip_sends_one_byte_at_a_time(dial: Dial) -> None:
    """DRIP spreads its bytes over time, then closes."""
    began = time.monotonic()
    assert read_all(dial(b"DRIP 4 30\n")) == b"".join(pattern(0, offset, 1) for offset in range(4))
    assert time.monotonic() - began >= 0.12


def test_reset_resets(dial: Dial) -> None:
    """RESET ends the connection with a TCP RST."""
    with pytest.raises(ConnectionResetError):
        dial(b"RESET\n").recv(1)


def test_close_closes_in_order_after_its_time(dial: Dial) -> None:
    """CLOSE ends the connection with a FIN, not before its time."""
    began = time.monotonic()
    assert dial(b"CLOSE 100\n").recv(1) == b""
    assert time.monotonic() - began >= 0.1


@pytest.mark.parametrize("line", [b"NOPE\n", b"SEND 1\n", b"SEND -1 2\n", b"DRIP a b\n", b"ECHO 1\n"])
def test_what_is_not_a_behaviour_is_answered_with_an_error(dial: Dial, line: bytes) -> None:
    """A wrong first line gets one line that names it."""
    assert read_all(dial(line)) == b"ERROR not a behaviour: " + line


def test_refusing_leaves_open_connections_alone(target: Control, dial: Dial) -> None:
    """With listen off new connections are refused and the open one still echoes; with listen on all is well."""
    client = dial(b"ECHO\na")
    assert client.recv(1) == b"a"
    target.ask(do="listen", on=False)
    with pytest.raises(ConnectionRefusedError):
        dial(b"")
    client.sendall(b"b")
    assert client.recv(1) == b"b"
    target.ask(do="listen", on=True)
    assert dial(b"ECHO\nc").recv(1) == b"c"


def test_connections_are_reported_with_their_counts(target: Control, dial: Dial) -> None:
    """Each connection is listed with its peer and its payload bytes, open or not."""
    client = dial(b"ECHO\nabc")
    assert client.recv(3) == b"abc"
    host, port = client.getsockname()
    record = {"peer": f"{host}:{port}", "nonce": "", "received": 3, "sent": 3}
    assert target.connections() == [{**record, "open": True}]
    client.shutdown(socket.SHUT_WR)
    assert read_all(client) == b""
    assert target.connections() == [{**record, "open": False}]


def test_a_client_that_resets_is_reported_as_gone(target: Control, dial: Dial) -> None:
    """A client's RST ends its connection and nothing else."""
    client = dial(b"ECHO\na")
    assert client.recv(1) == b"a"
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()
    assert dial(b"ECHO\nb").recv(1) == b"b"
    assert [record["open"] for record in target.connections()] == [False, True]


def test_reset_closes_and_forgets(target: Control, dial: Dial) -> None:
    """The reset request ends every connection, also a silent one, and empties the list."""
    clients = [dial(b"SILENT\n"), dial(b"ECHO\n")]
    deadline = time.monotonic() + 5
    while len(target.connections()) < 2:
        assert time.monotonic() < deadline
    target.ask(do="listen", on=False)
    target.ask(do="reset")
    assert target.connections() == []
    assert all(ended(client) for client in clients)
    assert dial(b"ECHO\nx").recv(1) == b"x"


def test_a_request_it_does_not_know_is_answered_with_an_error(target: Control) -> None:
    """A wrong request does not end the target."""
    assert "not a request" in target.ask(do="dance")["error"]


def test_it_ends_with_its_standard_input() -> None:
    """End of file on standard input ends the process with status 0."""
    assert Control().close() == 0


def test_the_pattern_depends_on_seed_and_position() -> None:
    """Any piece can be computed alone, and no two 4 KiB blocks or seeds agree."""
    whole = pattern(1, 0, 1 << 20)
    assert pattern(1, 5000, 10000) == whole[5000:15000]
    assert len({whole[start : start + 4096] for start in range(0, len(whole), 4096)}) == 256
    assert pattern(2, 0, 4096) != whole[:4096]
    assert pattern(1, 1 << 32, 0) == b""
