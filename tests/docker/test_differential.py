"""The same faults through Toxiproxy and through the embedded relay, as a plain TCP client of the probe target sees it.

What differs by the nature of the two stands at the end, under its own tests: half-close, a connection that is tried
while the link is stalled, and a limit that finds connections open. One more is known and not tested: a bandwidth is
shared by the connections of a link in the relay, and each connection has it for itself in Toxiproxy.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from typing import Any

import pytest

from harness.address import Address
from harness.faults.model import Bandwidth, Cut, Latency, Limit, Refuse, Reset, Slice, Stall, Swallow
from harness.run import Run
from harness.timeline import Timeline
from harness.world.embedded.fabric import EmbeddedFabric
from harness.world.fabric import BastionSetup, World
from harness.world.topology import topologies

pytestmark = pytest.mark.docker

LINK = "to-far-target"


class Side:
    """One fabric's flaky network, whose inner link is dialled from this machine."""

    def __init__(self, world: World, link: Address) -> None:
        self.world = world
        self.link = link

    def dial(self, first: bytes = b"", timeout: float = 5) -> socket.socket:
        client = socket.create_connection(self.link, timeout)
        client.sendall(first)
        return client

    def attempt(self) -> str:
        """Tell how an attempt to connect ends."""
        try:
            with closing(self.dial(timeout=0.4)):
                return "accepted"
        except ConnectionRefusedError:
            return "refused"
        except TimeoutError:
            return "no answer"


def end_of(client: socket.socket) -> tuple[int, str]:
    """Return how many bytes came before the end, and how it came."""
    received = 0
    client.settimeout(5)
    with suppress(ConnectionResetError):
        while chunk := client.recv(65536):
            received += len(chunk)
        return received, "eof"
    return received, "reset"


def comes(client: socket.socket, size: int, within: float) -> bytes:
    """Return what comes until it is ``size`` bytes or the time is over."""
    client.settimeout(within)
    received = b""
    with suppress(TimeoutError):
        while len(received) < size and (chunk := client.recv(65536)):
            received += chunk
    return received


@pytest.fixture
def topology() -> str:
    """The one with a relay of Toxiproxy before the target."""
    return "flaky_network"


@pytest.fixture(scope="session")
def embedded(run: Run) -> Iterator[World]:
    """The same topology on the embedded fabric."""
    with (
        closing(EmbeddedFabric(run)) as fabric,
        closing(fabric.build(topologies()["flaky_network"], run.folder, print)) as world,
    ):
        yield world


@pytest.fixture
def sides(world: Any, embedded: Any, setup: BastionSetup) -> Iterator[tuple[Side, Side]]:
    """Toxiproxy and the relay, both begun."""
    embedded.begin(Timeline(), {"bastion": setup})
    relay = world._networks.addresses["control", LINK]
    yield Side(world, Address(relay, 7000)), Side(embedded, Address("127.0.0.1", embedded._through[LINK]))
    embedded.end()


@dataclass(frozen=True)
class Both:
    """What was observed on either side."""

    toxiproxy: Any
    relay: Any


@pytest.fixture
def both(sides: tuple[Side, Side]) -> Callable[[Callable[[Side], Any]], Both]:
    """Do the same on both sides."""

    def experiment(observe: Callable[[Side], Any]) -> Both:
        return Both(*map(observe, sides))

    return experiment


def alike(both: Both) -> Any:
    """Return what was observed, the same on either side."""
    assert both.toxiproxy == both.relay
    return both.relay


def seconds_alike(both: Both, at_least: float, at_most: float) -> None:
    """Compare durations by their order of magnitude."""
    assert at_least <= both.toxiproxy <= at_most
    assert at_least <= both.relay <= at_most


def test_a_cut_ends_and_refuses(both: Any) -> None:
    """A live connection ends with EOF, an attempt is refused, and it is accepted again after the heal."""

    def observe(side: Side) -> tuple[Any, ...]:
        with closing(side.dial(b"ECHO\nabc")) as client:
            before = comes(client, 3, 2)
            fault = side.world.inject(Cut(LINK))
            seen = (before, end_of(client), side.attempt(), fault.evidence().proven)
        fault.heal()
        return (*seen, side.attempt())

    assert alike(both(observe)) == (b"abc", (0, "eof"), "refused", True, "accepted")


def test_a_stall_holds_and_resumes(both: Any) -> None:
    """Nothing comes while the link is stalled, and what was sent meanwhile comes after it, on the same connection."""

    def observe(side: Side) -> tuple[Any, ...]:
        with closing(side.dial(b"ECHO\nabc")) as client:
            before = comes(client, 3, 2)
            fault = side.world.inject(Stall(LINK))
            client.sendall(b"during")
            during = comes(client, 1, 0.4)
            proven = fault.evidence().proven
            fault.heal()
            return before, during, proven, comes(client, 6, 5)

    assert alike(both(observe)) == (b"abc", b"", True, b"during")


def test_a_reset_resets_what_is_open_and_nothing_later(both: Any) -> None:
    """A live connection gets a RST, and the next attempt is accepted and served."""

    def observe(side: Side) -> tuple[Any, ...]:
        with closing(side.dial(b"ECHO\nabc")) as client:
            before = comes(client, 3, 2)
            proven = side.world.inject(Reset(LINK)).evidence().proven
            end = end_of(client)
        with closing(side.dial(b"SEND 7 1\n")) as client:
            return before, proven, end, end_of(client)

    assert alike(both(observe)) == (b"abc", True, (0, "reset"), (7, "eof"))


def test_a_delay_is_the_same_both_ways(both: Any) -> None:
    """A round trip takes twice the delay, on connections that the fault finds open too."""

    def observe(side: Side) -> float:
        with closing(side.dial(b"ECHO\nabc")) as client:
            comes(client, 3, 2)
            fault = side.world.inject(Latency(LINK, 0.2))
            began = time.monotonic()
            client.sendall(b"x")
            comes(client, 1, 5)
            took = time.monotonic() - began
            fault.heal()
            return took

    seconds_alike(both(observe), 0.4, 0.7)


def test_a_rate_is_the_same(both: Any) -> None:
    """A hundred thousand bytes at a hundred thousand a second take about a second."""

    def observe(side: Side) -> float:
        fault = side.world.inject(Bandwidth(LINK, 100_000))
        began = time.monotonic()
        with closing(side.dial(b"SEND 100000 1\n")) as client:
            assert end_of(client) == (100_000, "eof")
        took = time.monotonic() - began
        fault.heal()
        return took

    seconds_alike(both(observe), 0.6, 2)


def test_slices_take_their_time(both: Any) -> None:
    """Ten pieces with gaps of 30 ms, on the way there and on the way back."""

    def observe(side: Side) -> float:
        with closing(side.dial(b"ECHO\n")) as client:
            fault = side.world.inject(Slice(LINK, 32, 0.03))
            began = time.monotonic()
            client.sendall(b"x" * 320)
            assert len(comes(client, 320, 5)) == 320
            took = time.monotonic() - began
            fault.heal()
            return took

    seconds_alike(both(observe), 0.25, 1.2)


def test_a_limit_ends_after_so_many_bytes(both: Any) -> None:
    """Exactly as many bytes come as the limit has, then EOF; after the heal all of them."""

    def observe(side: Side) -> tuple[Any, ...]:
        fault = side.world.inject(Limit(LINK, 1000))
        with closing(side.dial(b"SEND 5000 1\n")) as client:
            limited = end_of(client)
        fault.heal()
        with closing(side.dial(b"SEND 5000 1\n")) as client:
            return limited, end_of(client)

    assert alike(both(observe)) == ((1000, "eof"), (5000, "eof"))


def test_what_is_swallowed_is_gone(both: Any) -> None:
    """Nothing comes and nothing ends while the link swallows; the heal ends the connection."""

    def observe(side: Side) -> tuple[Any, ...]:
        with closing(side.dial(b"ECHO\nabc")) as client:
            before = comes(client, 3, 2)
            fault = side.world.inject(Swallow(LINK))
            client.sendall(b"during")
            during = comes(client, 1, 0.4)
            proven = fault.evidence().proven
            fault.heal()
            return before, during, proven, end_of(client)

    assert alike(both(observe)) == (b"abc", b"", True, (0, "eof"))


def test_a_refusing_target_is_refused_at_the_link(both: Any) -> None:
    """Neither relay accepts in the name of a target that does not listen; open connections stay."""

    def observe(side: Side) -> tuple[Any, ...]:
        with closing(side.dial(b"ECHO\nabc")) as client:
            before = comes(client, 3, 2)
            fault = side.world.inject(Refuse("far-target"))
            attempt = side.attempt()
            client.sendall(b"still")
            still = comes(client, 5, 2)
        fault.heal()
        return before, attempt, still, side.attempt()

    assert alike(both(observe)) == (b"abc", "refused", b"still", "accepted")


def test_an_end_of_the_target_is_an_end(both: Any) -> None:
    """Without a fault every byte comes and then EOF."""

    def observe(side: Side) -> tuple[int, str]:
        with closing(side.dial(b"SEND 3000000 1\n")) as client:
            return end_of(client)

    assert alike(both(observe)) == (3_000_000, "eof")


# --- what differs by nature


def test_half_close_is_lost_in_toxiproxy(both: Any) -> None:
    """A reply after the client's EOF passes the relay; Toxiproxy ends the whole connection (its link.go)."""

    def observe(side: Side) -> bool:
        with closing(side.dial(b"SUM\nabc")) as client:
            client.shutdown(socket.SHUT_WR)
            return end_of(client)[0] > 0

    observed = both(observe)
    assert (observed.toxiproxy, observed.relay) == (False, True)


def test_an_attempt_at_a_stalled_link(both: Any) -> None:
    """The packet filter drops the SYN; the relay's kernel accepts, and the relay says nothing."""

    def observe(side: Side) -> str:
        with ExitStack() as healing:
            healing.callback(side.world.inject(Stall(LINK)).heal)
            return side.attempt()

    observed = both(observe)
    assert (observed.toxiproxy, observed.relay) == ("no answer", "accepted")


def test_a_reset_by_the_target(both: Any) -> None:
    """The relay passes a RST of the target on; Toxiproxy closes in an orderly way."""

    def observe(side: Side) -> tuple[int, str]:
        with closing(side.dial(b"RESET\n")) as client:
            return end_of(client)

    observed = both(observe)
    assert (observed.toxiproxy, observed.relay) == ((0, "eof"), (0, "reset"))


def test_a_limit_that_finds_a_connection_open(both: Any) -> None:
    """Toxiproxy counts from the fault on, the relay leaves such a connection alone."""

    def observe(side: Side) -> int:
        with closing(side.dial(b"ECHO\nabc")) as client:
            comes(client, 3, 2)
            fault = side.world.inject(Limit(LINK, 10))
            client.sendall(b"x" * 100)
            received = len(comes(client, 100, 1))
            fault.heal()
            return received

    observed = both(observe)
    assert (observed.toxiproxy, observed.relay) == (10, 100)
