from __future__ import annotations

import hashlib
import re
import socket
import struct
import time
from typing import Any

import pytest

from harness.faults.model import Bandwidth, Cut, Latency, Reset, Stall
from harness.probe.target import pattern

LINK = "to-target"
LINGER_0 = struct.pack("ii", 1, 0)


def read_all(client: socket.socket) -> bytes:
    """Return everything up to EOF."""
    data = bytearray()
    while chunk := client.recv(1 << 20):
        data += chunk
    return bytes(data)


def silent(client: socket.socket, seconds: float = 0.15) -> bool:
    """Tell whether nothing comes for a while."""
    client.settimeout(seconds)
    try:
        client.recv(1)
    except TimeoutError:
        return True
    finally:
        client.settimeout(5)
    return False


def test_bytes_pass_exactly_in_both_directions_at_once(user: Any) -> None:
    """16 MiB down while bytes go up arrive exact, and the half-close leaves the reply alone."""
    client = user.dial(LINK, b"DUPLEX 16777216 9\n" + bytes(100000))
    client.shutdown(socket.SHUT_WR)
    received = read_all(client)
    assert received[:16777216] == pattern(9, 0, 16777216)
    assert received[16777216:] == f"100000 {hashlib.sha256(bytes(100000)).hexdigest()}\n".encode()


def test_a_half_close_by_the_target_leaves_the_other_direction_open(user: Any, world: Any, until: Any) -> None:
    """After the target's close the client sees EOF and its own side still ends the connection."""
    client = user.dial(LINK, b"SEND 5 1\n")
    assert read_all(client) == pattern(1, 0, 5)
    client.shutdown(socket.SHUT_WR)
    until(lambda: world._relay.request("links")[LINK]["open"] == 0)


def test_back_pressure_passes(user: Any) -> None:
    """A target that does not read makes the client's sending block."""
    client = user.dial(LINK, b"SILENT\n")
    client.settimeout(0.3)
    with pytest.raises(TimeoutError):
        client.sendall(bytes(64 << 20))


def test_a_reset_by_the_target_arrives_as_a_reset(user: Any) -> None:
    """A RST passes the relay as a RST."""
    with pytest.raises(ConnectionResetError):
        user.dial(LINK, b"RESET\n").recv(1)


def test_a_reset_by_the_client_arrives_at_the_target(user: Any, world: Any, until: Any) -> None:
    """A client's RST ends the target's connection."""
    client = user.dial(LINK, b"ECHO\na")
    assert client.recv(1) == b"a"
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_0)
    client.close()
    until(lambda: [connection.open for connection in world.target_connections()] == [False])


def test_connections_are_counted_since_begin(user: Any, world: Any) -> None:
    """Each accepted connection counts, also one that is over."""
    user.dial(LINK, b"CLOSE 0\n").recv(1)
    user.dial(LINK, b"CLOSE 0\n").recv(1)
    assert (world.link_connections(LINK), world.link_connections("to-bastion")) == (2, 0)


def test_traffic_is_stamped(user: Any, world: Any) -> None:
    """The relay remembers when how many bytes came in, and from which side."""
    client = user.dial(LINK, b"ECHO\na")
    assert client.recv(1) == b"a"
    began = time.monotonic()
    client.sendall(b"abc")
    assert client.recv(3) == b"abc"
    chunks = world._relay.request("traffic", link=LINK)["chunks"]
    assert [chunk[1:] for chunk in chunks[-2:]] == [[1, "server", 3], [1, "client", 3]]
    assert began <= chunks[-2][0] <= chunks[-1][0] <= time.monotonic()


def test_what_passes_is_told_since_the_link_is_watched(user: Any, world: Any) -> None:
    """Pieces have their moment, connection, direction and size; what came before is forgotten."""
    first, second = user.dial(LINK, b"ECHO\na"), user.dial(LINK, b"ECHO\na")
    assert (first.recv(1), second.recv(1)) == (b"a", b"a")
    world.watch(LINK)
    began = time.monotonic()
    second.sendall(b"abc")
    assert second.recv(3) == b"abc"
    sent, returned = world.traffic(LINK)
    assert (sent.towards, sent.size, returned.towards, returned.size) == ("server", 3, "client", 3)
    assert sent.connection == returned.connection
    assert began <= sent.at <= returned.at <= time.monotonic()
    first.sendall(b"abc")
    assert first.recv(3) == b"abc"
    assert world.traffic(LINK)[-1].connection != sent.connection


def test_a_cut_link_ends_connections_with_fin_and_refuses_until_mended(user: Any, world: Any) -> None:
    """Cut closes in order and refuses; mended, new connections work and a second mend does nothing."""
    client = user.dial(LINK, b"ECHO\na")
    assert client.recv(1) == b"a"
    fault = world.inject(Cut(LINK))
    assert client.recv(1) == b""
    with pytest.raises(ConnectionRefusedError):
        user.dial(LINK)
    assert fault.evidence().proven
    assert fault.evidence().summary == "1 connection closed, a new one refused"
    fault.heal()
    fault.heal()
    assert user.dial(LINK, b"ECHO\nb").recv(1) == b"b"


def test_two_cuts_refuse_until_both_are_mended(user: Any, world: Any) -> None:
    """Mending one of two cuts of a link does not open it."""
    first, second = world.inject(Cut(LINK)), world.inject(Cut(LINK))
    first.heal()
    with pytest.raises(ConnectionRefusedError):
        user.dial(LINK)
    second.heal()
    assert user.dial(LINK, b"ECHO\nb").recv(1) == b"b"


def test_a_stalled_link_holds_bytes_both_ways_and_delivers_them_in_order(user: Any, world: Any, until: Any) -> None:
    """Nothing passes while stalled; resumed, everything arrives, the half-close too."""
    client = user.dial(LINK, b"ECHO\na")
    assert client.recv(1) == b"a"
    fault = world.inject(Stall(LINK))
    assert fault.evidence().summary.startswith("0 bytes and 0 new connections held, and a byte of the relay's own")
    client.sendall(b"bc")
    client.sendall(b"de")
    client.shutdown(socket.SHUT_WR)
    assert silent(client)
    until(lambda: fault.evidence().summary.startswith("4 bytes and 0 new connections held"))
    fault.heal()
    assert read_all(client) == b"bcde"


def test_a_stalled_link_holds_new_connections(user: Any, world: Any, until: Any) -> None:
    """A connection made while stalled reaches the target only when the link is resumed."""
    fault = world.inject(Stall(LINK))
    client = user.dial(LINK, b"ECHO\nhello")
    assert silent(client)
    until(lambda: fault.evidence().summary.startswith("10 bytes and 1 new connection held"))
    assert world.target_connections() == ()
    fault.heal()
    assert client.recv(5) == b"hello"


def test_a_stalled_link_reads_a_bounded_amount(user: Any, world: Any) -> None:
    """A sender meets back-pressure while the link is stalled, and nothing is lost."""
    client = user.dial(LINK, b"SUM\n")
    fault = world.inject(Stall(LINK))
    client.settimeout(0.3)
    data = bytes(32 << 20)
    with pytest.raises(TimeoutError):
        client.sendall(data)
    client.settimeout(5)
    fault.heal()
    client.shutdown(socket.SHUT_WR)
    count = int(read_all(client).split()[0])
    assert 0 < count < len(data)


def test_a_stalled_reset_arrives_when_resumed(user: Any, world: Any, until: Any) -> None:
    """A client's RST is silence for the target until the link is resumed."""
    client = user.dial(LINK, b"ECHO\na")
    assert client.recv(1) == b"a"
    fault = world.inject(Stall(LINK))
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_0)
    client.close()
    assert [connection.open for connection in world.target_connections()] == [True]
    fault.heal()
    until(lambda: [connection.open for connection in world.target_connections()] == [False])


def test_a_stall_can_be_healed_when_both_ends_have_gone(user: Any, world: Any, until: Any) -> None:
    """What was held for a peer that reset meanwhile is dropped, and the link works."""
    client = user.dial(LINK, b"SEND 1 1\n")
    assert read_all(client) == pattern(1, 0, 1)
    fault = world.inject(Stall(LINK))
    client.shutdown(socket.SHUT_WR)
    world._target.node.kill()
    fault.heal()
    until(lambda: world._relay.request("links")[LINK]["open"] == 0)


def test_reset_resets_both_ends_of_what_is_open_and_welcomes_new_ones(user: Any, world: Any) -> None:
    """Both ends see a RST, and the next connection works."""
    client = user.dial(LINK, b"ECHO\na")
    assert client.recv(1) == b"a"
    fault = world.inject(Reset(LINK))
    with pytest.raises(ConnectionResetError):
        client.recv(1)
    assert user.dial(LINK, b"ECHO\nb").recv(1) == b"b"
    assert (fault.evidence().proven, fault.evidence().summary) == (True, "1 connection reset")


def test_a_reset_of_nothing_is_not_proven(world: Any) -> None:
    """Without a live connection there is nothing to reset and no evidence."""
    assert not world.inject(Reset(LINK)).evidence().proven


def test_latency_delays_each_direction(user: Any, world: Any) -> None:
    """A round trip takes twice the delay, and half the delay is the evidence."""
    client = user.dial(LINK, b"ECHO\na")
    assert client.recv(1) == b"a"
    fault = world.inject(Latency(LINK, 0.1))
    began = time.monotonic()
    client.sendall(b"b")
    assert client.recv(1) == b"b"
    assert time.monotonic() - began >= 0.2
    assert fault.evidence().proven
    measured = re.search("2 chunks delayed by ([0-9]+) to [0-9]+ ms", fault.evidence().summary)
    assert measured
    assert int(measured[1]) >= 100


def test_latency_does_not_limit_the_rate(user: Any, world: Any) -> None:
    """8 MiB at 100 ms latency arrive exact and in far less than a window for each round trip would take."""
    world.inject(Latency(LINK, 0.1))
    began = time.monotonic()
    assert read_all(user.dial(LINK, b"SEND 8388608 2\n")) == pattern(2, 0, 8388608)
    assert time.monotonic() - began < 2


def test_healed_latency_delivers_at_once_and_in_order(user: Any, world: Any, until: Any) -> None:
    """What is on its way when the latency is healed arrives before what comes later."""
    client = user.dial(LINK, b"ECHO\na")
    assert client.recv(1) == b"a"
    fault = world.inject(Latency(LINK, 30))
    client.sendall(b"bc")
    until(lambda: world._relay.request("traffic", link=LINK)["chunks"][-1][3] == 2)
    fault.heal()
    client.sendall(b"d")
    client.shutdown(socket.SHUT_WR)
    assert read_all(client) == b"bcd"


def test_bandwidth_limits_all_connections_of_a_link_together(user: Any, world: Any) -> None:
    """Two connections that receive 50 kB each at 200 kB/s need half a second, and the bytes are exact."""
    fault = world.inject(Bandwidth(LINK, 200_000))
    began = time.monotonic()
    clients = [user.dial(LINK, b"SEND 50000 4\n") for _ in range(2)]
    assert [read_all(client) for client in clients] == [pattern(4, 0, 50000)] * 2
    assert time.monotonic() - began >= 0.45
    assert fault.evidence().proven
    measured = re.search("100000 bytes towards the client at ([0-9]+) B/s", fault.evidence().summary)
    assert measured
    assert int(measured[1]) < 210_000


def test_bandwidth_lets_back_pressure_through(user: Any, world: Any) -> None:
    """A sender cannot fill the relay's memory."""
    world.inject(Bandwidth(LINK, 1000))
    client = user.dial(LINK, b"SUM\n")
    client.settimeout(0.3)
    with pytest.raises(TimeoutError):
        client.sendall(bytes(64 << 20))


def test_faults_on_one_link_add_up(user: Any, world: Any) -> None:
    """Latency and a stall together still deliver everything in order."""
    world.inject(Latency(LINK, 0.05))
    stall = world.inject(Stall(LINK))
    client = user.dial(LINK, b"ECHO\nab")
    assert silent(client)
    stall.heal()
    client.sendall(b"cd")
    client.shutdown(socket.SHUT_WR)
    assert read_all(client) == b"abcd"


def test_the_next_scenario_finds_a_healed_link(user: Any, world: Any, timeline: Any, setup: Any) -> None:
    """A new beginning ends faults and connections that the last scenario left."""
    client = user.dial(LINK, b"ECHO\na")
    assert client.recv(1) == b"a"
    world.inject(Cut(LINK))
    world.inject(Stall(LINK))
    world.begin(timeline, {"bastion": setup})
    assert user.dial(LINK, b"ECHO\nb").recv(1) == b"b"
    assert world.link_connections(LINK) == 1
