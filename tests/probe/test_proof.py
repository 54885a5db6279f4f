"""How the client tells the target of its scenario from everything else."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from harness.address import Address
from harness.errors import Failed
from harness.probe import client
from harness.probe.client import Held, Stream
from harness.probe.half_close import Rest
from harness.probe.setup import TargetSetup
from harness.probe.talk import Talk, Way
from harness.probe.target import GREETING, Mask

from .control import Control

KEY, OTHER = b"the scenario's", b"somebody else's"
SIZE = 300_001

Use = Callable[[Way], object]


def drained(way: Way) -> None:
    """Read a stream to its end."""
    with closing(Stream(way, SIZE, 5)) as stream:
        stream.drain(5)


def half_closed(way: Way) -> None:
    """End one direction, and hear the other out."""
    Rest(Held(way, 5), SIZE).drain(5)


USES: dict[str, Use] = {
    "one byte": lambda way: client.echo_once(way, 1, 5),
    "echo": lambda way: client.echo_once(way, SIZE, 5),
    "round trip": lambda way: client.round_trip(way, SIZE, 5),
    "download": lambda way: client.download(way, SIZE, 5),
    "upload": lambda way: client.upload(way, SIZE, 5),
    "upload of nothing": lambda way: client.upload(way, 0, 5),
    "slow upload": lambda way: client.upload_slowly(way, 10, 5, rate=1000),
    "answer after end": lambda way: client.answer_after_end(way, SIZE, 5),
    "stream": drained,
    "half-close": half_closed,
}


def serve(target: Control, key: bytes, *, greets: bool = False) -> None:
    """Let the target serve by this setup."""
    assert target.ask(do="reset", setup=TargetSetup(key, greets).document()) == {"ok": {}}


@pytest.fixture
def way(target: Control) -> Way:
    """The way to a target that has the scenario's key."""
    serve(target, KEY)
    return Way(Address(*target.address), TargetSetup(KEY))


@pytest.mark.parametrize("use", USES.values(), ids=USES)
@pytest.mark.parametrize("greets", [False, True], ids=["silent", "greets"])
def test_the_target_of_the_scenario_is_known_by_its_key(target: Control, way: Way, use: Use, greets: bool) -> None:
    """Whatever it is asked to do; its record has the nonce that the client noted."""
    serve(target, KEY, greets=greets)
    use(Way(way.address, TargetSetup(KEY, greets), way.answered))
    assert sorted(record["nonce"] for record in target.connections()) == sorted(way.answered)


@pytest.mark.parametrize("use", [use for name, use in USES.items() if name != "one byte"])
@pytest.mark.parametrize("key", [OTHER, b""], ids=["another key", "no key"])
def test_a_copy_of_the_target_is_not_taken_for_it(target: Control, way: Way, use: Use, key: bytes) -> None:
    """It does all that the target does, and knows no key, or another."""
    serve(target, key)
    with pytest.raises(Failed):
        use(way)
    assert way.answered == []


def test_one_byte_may_be_guessed_and_is_not_found_on_the_record(way: Way) -> None:
    """One copy in 256 masks it alike; which connections there were tells them apart."""
    masks = {Mask(key, b"ECHO @1\n").over(b"x", 0) for key in (KEY, OTHER)}
    assert len(masks) == 2
    client.echo_once(way, 1, 5)
    assert len(way.answered) == 1


def test_what_was_said_on_another_connection_proves_nothing(way: Way) -> None:
    """Each has a nonce, and so a mask of its own."""
    with Talk(way, "SEND 64 1", 5) as first, Talk(way, "SEND 64 1", 5) as second:
        assert first.nonce != second.nonce
        for talk in (first, second):
            talk.ask()
        assert first.socket.recv(64, socket.MSG_WAITALL) != second.socket.recv(64, socket.MSG_WAITALL)


@pytest.mark.parametrize("ends", [16, 65_536, 1 << 21], ids=["short", "plain", "long"])
def test_the_mask_does_not_depend_on_how_the_bytes_are_cut(ends: int) -> None:
    """The client receives them in other pieces than the target sent them in."""
    sent = bytes(ends + 5000)
    whole = Mask(KEY, b"said").over(sent, 0)
    mask = Mask(KEY, b"said")
    cut = ends - 3
    assert mask.over(sent[:cut], 0) + mask.over(sent[cut:], cut) == whole


def test_a_held_connection_hears_the_greeting_before_it_speaks(target: Control, way: Way) -> None:
    """The target waits for nothing."""
    serve(target, KEY, greets=True)
    held = Held(Way(way.address, TargetSetup(KEY, greets=True)), 5)
    with closing(held):
        held.echo(64, 5)


@pytest.fixture
def peer() -> Iterator[socket.socket]:
    """A listener on which the test plays the target."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(5)
        yield listener


def greeted_by(peer: socket.socket, greeting: bytes, within: float) -> None:
    """Let a client wait for a greeting, and give it this one."""

    def greet() -> None:
        with peer.accept()[0] as connection:
            connection.sendall(greeting)
            connection.recv(1)

    server = threading.Thread(target=greet)
    server.start()
    try:
        Talk(Way(Address(*peer.getsockname()), TargetSetup(KEY, greets=True)), "ECHO", within)
    finally:
        server.join(5)


@pytest.mark.parametrize(
    ("greeting", "observed"),
    [(b"", "0 of its 32 bytes, then no answer in time"), (bytes(GREETING), "one that is not of the target")],
    ids=["none", "a made-up one"],
)
def test_a_greeting_must_be_the_target_s(peer: socket.socket, greeting: bytes, observed: str) -> None:
    """A tunnel that waits for its client first brings none, and nobody else can make one."""
    with pytest.raises(Failed, match=f"before its client speaks, within 0.3 s; observed {observed}"):
        greeted_by(peer, greeting, 0.3)
