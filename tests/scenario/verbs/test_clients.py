"""Verbs that use a tunnel's local end, against tunnels with one defect each."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from harness.adapter.profile import Local
from harness.address import Address
from harness.errors import Failed
from harness.probe import client
from harness.probe.talk import Way
from harness.scenario.language.verb import Verb
from harness.scenario.stage.stage import Stage, Tunnel
from harness.scenario.verbs.probes import endpoint
from harness.scenario.verbs.probes.endpoint import EchoAtEachAddress
from harness.scenario.verbs.probes.flood import Fill
from harness.scenario.verbs.probes.speed import Compare
from harness.scenario.verbs.probes.traffic import AnswerAfterEnd, Knock, Stream
from harness.world.fabric import TargetConnection

from ..standins import Profiles, Serve


def verb(kind: type[Verb], **arguments: Any) -> Any:
    """Return the step as a scenario file would have it."""
    return kind.read(arguments, {})


@pytest.fixture
def opened(stage: Stage, profiles: Profiles) -> Iterator[Callable[[Address], Stage]]:
    """Lets a tunnel be open at an address; its streams end with the test."""

    def at(address: Address) -> Stage:
        stage.tunnels["main"] = Tunnel(profiles.profile, address, address)
        return stage

    yield at
    for stream in stage.streams.values():
        stream.close()


Opened = Callable[[Address], Stage]


def keep_everything(client: socket.socket) -> None:
    """Read whatever comes."""
    while client.recv(1 << 20):
        pass


def read_nothing(client: socket.socket) -> None:
    """Leave it to the kernels until the client is gone."""
    while client.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] == 1:  # TCP_ESTABLISHED, tcp(7)
        time.sleep(0.01)


def answer_nothing(client: socket.socket) -> None:
    """Read the request, and no more."""
    client.recv(1 << 10)


def reset_after_a_byte(client: socket.socket) -> None:
    """End the connection by a reset."""
    client.recv(1)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def test_a_tunnel_that_waits_for_the_reader_takes_what_the_kernels_hold(opened: Opened, serve: Serve) -> None:
    """And no more for as long as nobody reads."""
    verb(Fill, most="64MiB", still="300ms").run(opened(serve(read_nothing)))


def test_a_tunnel_that_keeps_everything_is_seen(opened: Opened, serve: Serve) -> None:
    """As soon as it is too much."""
    with pytest.raises(Failed, match="at most 1048576 bytes to be taken"):
        verb(Fill, most="1MiB").run(opened(serve(keep_everything)))


def test_a_tunnel_that_keeps_everything_slowly_is_seen(opened: Opened, serve: Serve) -> None:
    """However long it takes: it is waited for as long as it takes anything."""

    def keep_slowly(client: socket.socket) -> None:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
        while client.recv(1 << 18):
            time.sleep(0.01)

    with pytest.raises(Failed, match="at most 8388608 bytes to be taken"):
        verb(Fill, most="8MiB", still="300ms").run(opened(serve(keep_slowly)))


def test_connections_share_what_they_may_fill(opened: Opened, serve: Serve) -> None:
    """Each alone stays below."""
    stage = opened(serve(read_nothing))
    verb(Fill, most="64MiB", still="200ms").run(stage)
    kernels, *_ = stage.timeline.entries()[-1].text.split()
    with pytest.raises(Failed, match="at most"):
        verb(Fill, most=f"{2 * int(kernels)}B", count=4).run(stage)


def test_a_connection_that_ends_does_not_wait_for_its_reader(opened: Opened, serve: Serve) -> None:
    """A reset while it is filled is no back-pressure."""
    with pytest.raises(Failed, match="a connection that waits for its reader"):
        verb(Fill, most="64MiB").run(opened(serve(reset_after_a_byte)))


def test_what_was_filled_is_reset_in_the_end(opened: Opened, serve: Serve) -> None:
    """On each connection, so that nothing is left for the next step."""
    ends: list[str] = []
    ended = threading.Barrier(3)

    def note_the_end(client: socket.socket) -> None:
        read_nothing(client)
        try:
            keep_everything(client)
        except ConnectionResetError:
            ends.append("reset")
        ended.wait(5)

    verb(Fill, most="64MiB", still="200ms", count=2).run(opened(serve(note_the_end)))
    ended.wait(5)
    assert ends == ["reset", "reset"]


def test_a_stream_goes_on_when_no_more_arrives(opened: Opened, serve: Serve) -> None:
    """However slowly it came until then."""

    def send_slowly(client: socket.socket) -> None:
        answer_nothing(client)
        for _ in range(10):
            time.sleep(0.05)
            client.sendall(b"0123456789")

    stage = opened(serve(send_slowly))
    verb(Stream, size="64MiB", still="500ms").run(stage)
    assert stage.timeline.entries()[-1].text == "100 bytes wait for their reader"


def test_a_stream_of_which_nothing_arrives_is_none(opened: Opened, serve: Serve) -> None:
    """Where the scenario needs its bytes."""
    with pytest.raises(Failed, match=r"bytes of the target to arrive within 0\.3 s"):
        verb(Stream, size="64MiB", still="100ms", within="300ms").run(opened(serve(answer_nothing)))


@pytest.fixture
def nowhere() -> Address:
    """Where nobody listens any more."""
    with socket.create_server(("127.0.0.1", 0)) as gone:
        return Address(*gone.getsockname())


def test_a_tunnel_that_is_gone_refuses_who_knocks(opened: Opened, nowhere: Address) -> None:
    """Unless it is needed, that is a failure."""
    with pytest.raises(Failed, match="the tunnel to accept a connection"):
        verb(Knock, count=1).run(opened(nowhere))


def test_who_may_be_refused_is_not_held(opened: Opened, nowhere: Address) -> None:
    """And nothing failed."""
    stage = opened(nowhere)
    verb(Knock, count=2, may_be_refused=True).run(stage)
    assert stage.held == {"held": []}


def measures(rates: dict[Address, list[float]]) -> Callable[[Compare, Way], float]:
    """Return what finds the next of these rates, in bytes a second, at each address."""
    left = {address: iter(each) for address, each in rates.items()}
    return lambda _step, way: next(left[way.address])


@contextmanager
def noting(address: Address, notes: list[str]) -> Iterator[Address]:
    """Yield where ssh listens, and note that it was ended."""
    try:
        yield address
    finally:
        notes.append("ended")


@pytest.mark.parametrize(
    ("ours", "theirs", "fast"),
    [([5, 5], [5, 5], True), ([3, 3], [2, 9], False), ([1, 4], [2, 9], True), ([9, 9], [2, 1], True)],
    ids=["the same", "slower", "slower once", "faster"],
)
def test_a_tunnel_is_as_fast_as_its_faster_try(
    opened: Opened, monkeypatch: pytest.MonkeyPatch, ours: list[float], theirs: list[float], fast: bool
) -> None:
    """Compared with ssh's faster try; ssh ends whatever comes of it."""
    notes: list[str] = []
    here, beside = Address("127.0.0.1", 1), Address("127.0.0.1", 2)
    monkeypatch.setattr(Compare, "_rate", measures({here: ours, beside: theirs}))
    stage = opened(here)
    stage.beside = lambda _profile: noting(beside, notes)
    step = verb(Compare, size="1KiB", floor=0.4)
    if fast:
        step.run(stage)
    else:
        with pytest.raises(Failed, match=r"at least 0.4 of the speed of ssh -L"):
            step.run(stage)
    assert notes == ["ended"]


def test_every_address_of_the_host_is_used(
    opened: Opened, echoing: Address, profiles: Profiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A client that tries the second one first must be served too."""
    profiles.becomes(local=Local(host="localhost"))
    tunnel = opened(echoing)
    monkeypatch.setattr(endpoint, "resolved", lambda _name: ("127.0.0.1", "::1"))
    with pytest.raises(Failed, match="to accept a connection at ::1"):
        EchoAtEachAddress().run(tunnel)


def test_no_address_is_dialled_that_the_resolver_does_not_give(
    opened: Opened, echoing: Address, profiles: Profiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where localhost is 127.0.0.1 only, no client arrives at ::1; and none beyond loopback, whatever it says."""
    profiles.becomes(local=Local(host="localhost"))
    tunnel = opened(echoing)
    monkeypatch.setattr(endpoint, "resolved", lambda _name: ("127.0.0.1", "10.0.0.7"))
    EchoAtEachAddress().run(tunnel)


def test_an_endpoint_with_one_address_is_used_there(opened: Opened, echoing: Address) -> None:
    """It echoes."""
    EchoAtEachAddress().run(opened(echoing))


@pytest.mark.parametrize(
    ("received", "nonce", "complaint"), [(99, "n", "99 bytes"), (100, "other", "not on its record")]
)
def test_what_the_target_received_after_its_end_is_the_target_s_own_word(
    opened: Opened, echoing: Address, monkeypatch: pytest.MonkeyPatch, received: int, nonce: str, complaint: str
) -> None:
    """A byte too few fails, and so does a connection that the target does not know of."""
    monkeypatch.setattr(client, "answer_after_end", lambda *_: "n")
    record = TargetConnection(peer="p:1", received=received, sent=100, open=False, nonce=nonce)
    stage = opened(echoing)
    stage.world.target_connections = lambda: (record,)  # type: ignore[method-assign]
    with pytest.raises(Failed, match=complaint):
        verb(AnswerAfterEnd, size="100B").run(stage)


def test_all_bytes_after_the_target_s_end_are_enough(
    opened: Opened, echoing: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many as were sent, on the connection that was asked about."""
    monkeypatch.setattr(client, "answer_after_end", lambda *_: "n")
    records = [
        TargetConnection(peer="p:1", received=size, sent=0, open=False, nonce=at) for size, at in ((100, "n"), (7, "m"))
    ]
    stage = opened(echoing)
    stage.world.target_connections = lambda: tuple(records)  # type: ignore[method-assign]
    verb(AnswerAfterEnd, size="100B").run(stage)
