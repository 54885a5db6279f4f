from __future__ import annotations

import hashlib
import re
import socket
import time
from types import SimpleNamespace
from typing import Any

import pytest

from harness.errors import FabricBroken
from harness.faults.model import Bandwidth, Latency, Limit, Lose, Slice, Stall, Swallow
from harness.probe.target import pattern
from harness.world.embedded.relay import black_holes, traffic_faults, trial

LINK = "to-target"


def read_all(client: socket.socket) -> bytes:
    """Return everything up to EOF."""
    data = bytearray()
    while chunk := client.recv(1 << 20):
        data += chunk
    return bytes(data)


def silent(client: socket.socket) -> bool:
    """Tell whether nothing comes for a while."""
    client.settimeout(0.15)
    try:
        client.recv(1)
    except TimeoutError:
        return True
    finally:
        client.settimeout(5)
    return False


def echoing(user: Any) -> socket.socket:
    """Return a connection through the link that echoes."""
    client: socket.socket = user.dial(LINK, b"ECHO\na")
    assert client.recv(1) == b"a"
    return client


def test_sliced_bytes_come_apart_in_both_directions(user: Any, world: Any) -> None:
    """Ten bytes in pieces of 4, each 50 ms after the one before, and back the same way."""
    client = echoing(user)
    fault = world.inject(Slice(LINK, 4, 0.05))
    began = time.monotonic()
    client.sendall(b"0123456789")
    pieces, moments = [], []
    while sum(map(len, pieces)) < 10:
        pieces.append(client.recv(100))
        moments.append(time.monotonic() - began)
    assert b"".join(pieces) == b"0123456789"
    assert max(map(len, pieces)) <= 4
    assert 0.1 <= moments[-1] < 2
    assert fault.evidence().proven
    assert re.search(r"20 bytes in [6-9] pieces of at most 4, 50 ms apart", fault.evidence().summary)


def test_sliced_bytes_are_exact_and_so_is_the_end(user: Any, world: Any) -> None:
    """A transfer in pieces arrives whole, with its half-close."""
    world.inject(Slice(LINK, 1000))
    data = pattern(2, 0, 300_000)
    client = user.dial(LINK, b"SUM\n" + data)
    client.shutdown(socket.SHUT_WR)
    assert read_all(client) == f"{len(data)} {hashlib.sha256(data).hexdigest()}\n".encode()


def test_slicing_what_is_small_already_is_not_proven(user: Any, world: Any) -> None:
    """Where no piece was cut off, nothing was broken."""
    client = echoing(user)
    fault = world.inject(Slice(LINK, 1000))
    client.sendall(b"b")
    assert client.recv(1) == b"b"
    assert not fault.evidence().proven


def test_healing_a_slice_delivers_the_rest_at_once(user: Any, world: Any) -> None:
    """What waited for its turn comes in order, and what follows is not cut."""
    client = echoing(user)
    fault = world.inject(Slice(LINK, 1, 60))
    client.sendall(b"bcd")
    assert client.recv(10) == b"b"
    fault.heal()
    fault.heal()
    client.shutdown(socket.SHUT_WR)
    assert read_all(client) == b"cd"


def test_a_limited_connection_ends_after_so_many_bytes_towards_the_client(user: Any, world: Any) -> None:
    """Exactly that many arrive, then EOF; the target's side is closed as well."""
    fault = world.inject(Limit(LINK, 1000))
    assert read_all(user.dial(LINK, b"SEND 5000 3\n")) == pattern(3, 0, 1000)
    assert fault.evidence().proven
    assert fault.evidence().summary == "1 connection ended after 1000 bytes"


def test_the_limit_counts_only_what_comes_back(user: Any, world: Any) -> None:
    """Bytes towards the target do not count, and less than the limit passes whole."""
    world.inject(Limit(LINK, 100))
    data = bytes(100_000)
    client = user.dial(LINK, b"SUM\n" + data)
    client.shutdown(socket.SHUT_WR)
    assert read_all(client) == f"{len(data)} {hashlib.sha256(data).hexdigest()}\n".encode()


def test_the_limit_spares_connections_that_were_there(user: Any, world: Any) -> None:
    """Only those made while it is in force end; healed, new ones are whole."""
    client = echoing(user)
    fault = world.inject(Limit(LINK, 5))
    client.sendall(bytes(50))
    assert client.recv(50, socket.MSG_WAITALL) == bytes(50)
    assert read_all(user.dial(LINK, b"SEND 10 3\n")) == pattern(3, 0, 5)
    fault.heal()
    assert read_all(user.dial(LINK, b"SEND 10 3\n")) == pattern(3, 0, 10)


def test_the_limit_lets_a_slow_reader_have_all_of_it(user: Any, world: Any) -> None:
    """A client that reads late gets every byte within the limit before the end."""
    size = 8 << 20
    world.inject(Limit(LINK, size))
    client = user.dial(LINK, b"SEND 20000000 5\n")
    assert client.recv(1) == pattern(5, 0, 1)
    client.sendall(b"unread")
    time.sleep(0.1)
    assert read_all(client) == pattern(5, 1, size - 1)


def test_swallowed_bytes_vanish_both_ways_and_healing_ends_the_connection(user: Any, world: Any, until: Any) -> None:
    """The connection stays, silent; it never gets what was lost, but EOF, and new ones work."""
    client = echoing(user)
    fault = world.inject(Swallow(LINK))
    assert not fault.evidence().proven
    client.sendall(b"lost")
    assert silent(client)
    assert [connection.open for connection in world.target_connections()] == [True]
    until(lambda: fault.evidence().proven)
    assert fault.evidence().summary == "4 bytes thrown away"
    fault.heal()
    fault.heal()
    assert client.recv(1) == b""
    echoing(user)


def test_a_swallowing_link_hides_the_end_of_a_connection(user: Any, world: Any, until: Any) -> None:
    """The target sees no FIN until the link is healed."""
    client = echoing(user)
    fault = world.inject(Swallow(LINK))
    client.close()
    assert world._relay.request("links")[LINK]["open"] == 1
    assert [connection.open for connection in world.target_connections()] == [True]
    fault.heal()
    until(lambda: [connection.open for connection in world.target_connections()] == [False])


def test_a_swallowing_link_never_stops_reading(user: Any, world: Any) -> None:
    """Thrown away is not held: a sender meets no back-pressure."""
    client = echoing(user)
    fault = world.inject(Swallow(LINK))
    client.sendall(bytes(32 << 20))
    world.inject(Stall("to-bastion"))
    assert fault.evidence().proven


def test_a_new_connection_through_a_swallowing_link_is_accepted_and_silent(user: Any, world: Any) -> None:
    """It is made, and nothing ever comes."""
    world.inject(Swallow(LINK))
    assert silent(user.dial(LINK, b"SEND 5 1\n"))


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let faults have no connection of their own."""
    for module in (trial, black_holes):
        monkeypatch.setattr(module, "Canary", lambda: SimpleNamespace(send=None, heard=None))


@pytest.mark.usefixtures("bare")
def test_a_latency_that_is_none_is_not_proven() -> None:
    """What passed must have been late by the delay; a twentieth of it is left to the clocks."""
    latency = traffic_faults.Latency(0.1)
    latency._note(0.1)
    assert latency.evidence() == (True, "1 chunk delayed by 100 to 100 ms")
    latency._note(0.01)
    assert latency.evidence() == (False, "2 chunks delayed by 10 to 100 ms")


@pytest.mark.usefixtures("bare")
def test_a_limit_that_ends_nothing_is_not_proven() -> None:
    """Where something passed, a connection must have ended by it."""
    limit = traffic_faults.Limit(100)
    limit._passed = 50
    assert not limit.evidence()[0]
    limit._ended = 1
    assert limit.evidence()[0]


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize(("proof", "heard", "proven"), [(0, False, False), (1, False, True), (1, True, False)])
def test_forgetting_is_proven_by_a_byte_that_is_lost(proof: int, heard: bool, proven: bool) -> None:
    """One that was sent after the time, and that nobody heard."""
    forget = black_holes.Forget(0.5)
    forget._proof = proof
    forget._canary.heard = heard  # type: ignore[misc]
    assert forget.evidence()[0] is proven


@pytest.mark.parametrize("other", [Latency(LINK, 0.02), Bandwidth(LINK, 1 << 20), Slice(LINK, 100)])
def test_a_limit_adds_up_with_what_slows_bytes_down(user: Any, world: Any, other: Any) -> None:
    """The end comes after the bytes, whichever fault was first."""
    world.inject(Limit(LINK, 700))
    world.inject(other)
    assert read_all(user.dial(LINK, b"SEND 5000 3\n")) == pattern(3, 0, 700)


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (Latency(LINK, 0.05), "nothing passed the link; a byte of the relay's own delayed by [0-9]+ ms"),
        (Bandwidth(LINK, 10_000), "nothing passed the link; 500 bytes of the relay's own at [0-9]+ B/s"),
        (Slice(LINK, 64), "nothing passed the link; of the relay's own 65 bytes in 2 pieces of at most 64"),
        (Slice(LINK, 64, 0.05), "nothing passed the link; of the relay's own 65 bytes in 2 pieces .*, 50 ms apart"),
        (Limit(LINK, 300_000), "0 connections ended .*; one of the relay's own ended after 300000 bytes"),
    ],
    ids=["latency", "bandwidth", "slice", "slice with delays", "limit"],
)
def test_a_fault_is_proven_where_nobody_sends_anything(world: Any, until: Any, fault: Any, told: str) -> None:
    """A tunnel that is silent must not leave it unproven; and healed, the proof stands."""
    active = world.inject(fault)
    until(lambda: active.evidence().proven)
    active.heal()
    assert active.evidence().proven
    assert re.fullmatch(told, active.evidence().summary)


def test_a_latency_that_nothing_met_before_the_heal_stays_unproven(world: Any) -> None:
    """What the relay itself sent is still on its way."""
    fault = world.inject(Latency(LINK, 30))
    fault.heal()
    assert not fault.evidence().proven


def test_a_limit_that_the_traffic_of_the_link_does_not_reach_is_not_proven(user: Any, world: Any) -> None:
    """Where something passed, it alone tells whether the fault took effect."""
    fault = world.inject(Limit(LINK, 1000))
    assert read_all(user.dial(LINK, b"SEND 10 3\n")) == pattern(3, 0, 10)
    assert not fault.evidence().proven


def test_packets_cannot_be_lost(world: Any) -> None:
    """The relay has bytes, not packets, and says which fabric has them."""
    fault = Lose("to-target", 0.05)
    assert world.why_not(fault) == "needs the docker fabric: packets"
    with pytest.raises(FabricBroken, match="docker"):
        world.inject(fault)
