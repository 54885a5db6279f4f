"""Verbs that send bytes through the tunnel, and check every one that arrives."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from harness.address import Address
from harness.errors import Failed
from harness.probe import client
from harness.scenario.language.rehearsal import Rehearsal, no_stream
from harness.scenario.language.verb import Nature, Verb
from harness.scenario.stage.stage import Stage
from harness.units import Duration, Size, SomeSize
from harness.world.fabric import TargetConnection

_POLL = 0.02


class Probe(Verb):
    """A verb that uses the tunnel as a client does."""

    nature: ClassVar[Nature] = "probes"

    tunnel: str = "main"
    within: Duration = 5.0

    def rehearse(self, so_far: Rehearsal) -> None:
        """Use the tunnel."""
        so_far.tunnel(self.tunnel)


class Echo(Probe):
    """Send random bytes and see them come back: on a new connection, or ``on`` connections that are held.

    ``times``: on this many new connections, one after the other.
    """

    verb: ClassVar[str] = "echo"
    shorthand: ClassVar[str | None] = "on"

    on: str | None = None
    size: Annotated[SomeSize, Field(le=64 << 20)] = 1024
    times: Annotated[int, Field(ge=1, le=10_000)] = 1

    def run(self, stage: Stage) -> None:
        """Echo on each connection, all that are held at the same time."""
        if self.on is None:
            way = stage.way(self.tunnel)
            _in_turn(self.times, lambda: client.echo_once(way, self.size, self.within))
            return
        held = stage.connections(self.on)
        _together([lambda one=one: one.echo(self.size, self.within) for one in held])  # type: ignore[misc]

    def rehearse(self, so_far: Rehearsal) -> None:
        if self.on is None:
            super().rehearse(so_far)
        else:
            so_far.held(self.on)


class Connect(Probe):
    """Open ``count`` connections at once, see an echo on each, and hold them under the name ``as``."""

    verb: ClassVar[str] = "connect"
    shorthand: ClassVar[str | None] = "count"

    count: Annotated[int, Field(ge=1, le=1000)] = 1
    name: Annotated[str, Field(alias="as")] = "held"

    def shows(self) -> str:
        """Return what one connection shows, or several at once."""
        return "TUN-1" if self.count == 1 else "DATA-10"

    def run(self, stage: Stage) -> None:
        """Dial, check and keep them."""
        way = stage.way(self.tunnel)
        held = stage.held.setdefault(self.name, [])

        def dial() -> None:
            one = client.Held(way, self.within)
            held.append(one)
            one.echo(64, self.within)

        _together([dial] * self.count)

    def rehearse(self, so_far: Rehearsal) -> None:
        super().rehearse(so_far)
        so_far.hold(self.name, self.count)


class Knock(Verb):
    """Open ``count`` connections that need not be served yet, ask for an echo on each, and hold them as ``as``.

    ``may_be_refused``: for a tunnel that may have ended by then, and may no longer listen.
    """

    verb: ClassVar[str] = "knock"
    nature: ClassVar[Nature] = "acts"
    shorthand: ClassVar[str | None] = "count"

    count: Annotated[int, Field(ge=1, le=1000)] = 1
    name: Annotated[str, Field(alias="as")] = "held"
    may_be_refused: bool = False
    tunnel: str = "main"
    within: Duration = 5.0

    def run(self, stage: Stage) -> None:
        """Dial, and wait for nothing but the local end. Raises Failed."""
        way = stage.way(self.tunnel)
        held = stage.held.setdefault(self.name, [])
        for _ in range(self.count):
            try:
                held.append(client.Held(way, self.within))
            except Failed as failed:
                if not (self.may_be_refused and isinstance(failed.__cause__, ConnectionRefusedError)):
                    raise
                stage.timeline.add("client", "observation", "knock", "refused")

    def rehearse(self, so_far: Rehearsal) -> None:
        so_far.tunnel(self.tunnel)
        so_far.hold(self.name, self.count)


class Transfer(Probe):
    """Send ``size`` bytes and check, at the same time, every byte that is echoed; on ``streams`` connections."""

    verb: ClassVar[str] = "transfer"
    shorthand: ClassVar[str | None] = "size"

    size: SomeSize
    streams: Annotated[int, Field(ge=1, le=100)] = 1
    within: Duration = 60.0

    def shows(self) -> str:
        """Return that bytes both ways arrive."""
        return "TUN-2"

    def run(self, stage: Stage) -> None:
        """Move the bytes both ways."""
        way = stage.way(self.tunnel)
        _together([lambda: client.round_trip(way, self.size, self.within)] * self.streams)


class Download(Probe):
    """See ``size`` bytes from a target that closes right after the last one; ``rate``: read this many per second."""

    verb: ClassVar[str] = "download"
    shorthand: ClassVar[str | None] = "size"

    size: SomeSize
    times: Annotated[int, Field(ge=1, le=1000)] = 1
    rate: SomeSize | None = None
    within: Duration = 60.0

    def shows(self) -> str:
        """Return that nothing is lost before a close."""
        return "DATA-2"

    def run(self, stage: Stage) -> None:
        """Receive to the last byte, ``times`` times in a row."""
        way = stage.way(self.tunnel)
        _in_turn(self.times, lambda: client.download(way, self.size, self.within, rate=self.rate))


class Stream(Verb):
    """Ask the target for ``size`` bytes and read none of them until ``drain``; several streams can be held by name.

    ``still``: wait until nothing more has arrived for this long, because the way is full; for ``within`` at most.
    ``held_up``: wait until the target has sent nothing for this long, however much is kept on the way to the reader.
    """

    verb: ClassVar[str] = "stream"
    nature: ClassVar[Nature] = "acts"
    shorthand: ClassVar[str | None] = "size"

    size: SomeSize
    name: Annotated[str, Field(alias="as")] = "stream"
    still: Duration | None = None
    held_up: Duration | None = None
    tunnel: str = "main"
    within: Duration = 5.0

    def takes(self) -> float:
        """Return how long nothing must arrive, or be sent."""
        return (self.still or 0.0) + (self.held_up or 0.0)

    def run(self, stage: Stage) -> None:
        """Ask for the bytes. Raises Failed, also where some must arrive and none do."""
        stream = client.Stream(stage.way(self.tunnel), self.size, self.within)
        stage.streams[self.name] = stream
        if self.held_up is not None:
            sent = _settled(lambda: _sent(stage), self.held_up, self.within)
            stage.timeline.add("target", "observation", "stream", f"the target has sent {sent} bytes in all")
        if self.still is None:
            return
        arrived = _settled(lambda: stream.arrived, self.still, self.within)
        stage.timeline.add("client", "observation", "stream", f"{arrived} bytes wait for their reader")
        if not arrived:
            raise Failed(f"bytes of the target to arrive within {self.within:g} s", "none")
        stream.proven()

    def rehearse(self, so_far: Rehearsal) -> None:
        so_far.tunnel(self.tunnel)
        so_far.streams.add(self.name)


def _sent(stage: Stage) -> int:
    """Return how many bytes the target has sent on all of its connections."""
    return sum(connection.sent for connection in stage.world.target_connections())


class Drain(Verb):
    """Read what a ``stream``, or a connection after ``half_close``, has for its client, and check every byte."""

    verb: ClassVar[str] = "drain"
    nature: ClassVar[Nature] = "probes"
    shorthand: ClassVar[str | None] = "name"

    name: str = "stream"
    within: Duration = 60.0

    def run(self, stage: Stage) -> None:
        """Read to the end. Raises UsageError where there is nothing of this name."""
        if self.name not in stage.streams:
            raise no_stream(self.name)
        stage.streams.pop(self.name).drain(self.within)

    def rehearse(self, so_far: Rehearsal) -> None:
        so_far.drain(self.name)


class Upload(Probe):
    """Send ``size`` bytes, half-close, and see the target's reply, which it sends only after the end.

    ``rate``: the target reads nothing until the client is held up, and so many bytes a second from then on; it replies
    after the last byte, without a half-close.
    """

    verb: ClassVar[str] = "upload"
    shorthand: ClassVar[str | None] = "size"

    size: Size
    times: Annotated[int, Field(ge=1, le=1000)] = 1
    rate: SomeSize | None = None
    within: Duration = 60.0

    def shows(self) -> str:
        """Return that an end is passed on."""
        return "DATA-1"

    def run(self, stage: Stage) -> None:
        """Send to the last byte, ``times`` times in a row."""
        way, rate = stage.way(self.tunnel), self.rate
        if rate is None:
            _in_turn(self.times, lambda: client.upload(way, self.size, self.within))
        else:
            _in_turn(self.times, lambda: client.upload_slowly(way, self.size, self.within, rate=rate))


class AnswerAfterEnd(Probe):
    """See ``size`` bytes from a target that then half-closes, and see that it receives as many sent afterwards."""

    verb: ClassVar[str] = "answer_after_end"
    shorthand: ClassVar[str | None] = "size"

    size: SomeSize

    def shows(self) -> str:
        """Return that an end is passed on."""
        return "DATA-1"

    def run(self, stage: Stage) -> None:
        """Answer, and ask the target what it got."""
        nonce = client.answer_after_end(stage.way(self.tunnel), self.size, self.within)
        deadline = time.monotonic() + self.within
        while (got := _record(stage, nonce)).open and time.monotonic() < deadline:
            time.sleep(_POLL)
        if got.received != self.size:
            raise Failed(f"the target to receive {self.size} bytes after the target's end", f"{got.received} bytes")


def _record(stage: Stage, nonce: str) -> TargetConnection:
    """Return what the target has on record of the connection. Raises Failed where it has nothing."""
    for connection in reversed(stage.world.target_connections()):
        if connection.nonce == nonce:
            return connection
    raise Failed("the target to know of the connection on which it answered", "it is not on its record")


class Dial(Verb):
    """Open a connection that the tunnel cannot carry, and see what becomes of it.

    ``closed``: accepted, then ended. ``refused``: not accepted. ``rejected``: either of them.
    """

    verb: ClassVar[str] = "dial"
    nature: ClassVar[Nature] = "looks"
    shorthand: ClassVar[str | None] = "outcome"

    outcome: Literal["closed", "refused", "rejected"]
    tunnel: str = "main"
    within: Duration = 2.0

    def run(self, stage: Stage) -> None:
        """Dial once."""
        seen = _outcome(stage.tunnel(self.tunnel).address, self.within)
        stage.timeline.add("client", "observation", "dial", seen)
        accepted = ("closed", "refused") if self.outcome == "rejected" else (self.outcome,)
        if seen not in accepted:
            raise Failed(f"a new connection to be {' or '.join(accepted)} within {self.within:g} s", seen)

    def rehearse(self, so_far: Rehearsal) -> None:
        so_far.tunnel(self.tunnel)


def _outcome(address: Address, within: float) -> str:
    deadline = time.monotonic() + within
    try:
        connection = socket.create_connection(address, timeout=within)
    except ConnectionRefusedError:
        return "refused"
    except TimeoutError:
        return "neither accepted nor refused"
    with connection:
        try:
            connection.sendall(b"ECHO\nx")
            connection.settimeout(max(0.05, deadline - time.monotonic()))
            data = connection.recv(16)
        except TimeoutError:
            return "accepted and left hanging"
        except OSError:
            return "closed"
    return "accepted, and data came back" if data else "closed"


def _together(actions: list[Callable[[], None]]) -> None:
    """Run ``actions`` at the same time. Raises the first Failed, which says how many failed and which of them it is."""
    if len(actions) == 1:
        actions[0]()
        return
    with ThreadPoolExecutor(len(actions), thread_name_prefix="probe") as pool:
        errors = [done.exception() for done in [pool.submit(action) for action in actions]]
    failed = [(number, error) for number, error in enumerate(errors, 1) if isinstance(error, Failed)]
    for error in errors:
        if error is not None and not isinstance(error, Failed):
            raise error
    if failed:
        number, first = failed[0]
        how_many = f"{len(failed)} of {len(actions)} connections failed, number {number} by this"
        raise Failed(first.expected, f"{first.observed} ({how_many})") from first


def _in_turn(times: int, action: Callable[[], object]) -> None:
    """Run ``action`` so often. Raises Failed, which says the how manyth time it was."""
    for number in range(1, times + 1):
        try:
            action()
        except Failed as failed:
            if times == 1:
                raise
            raise Failed(failed.expected, f"{failed.observed} (the connection {number} of {times})") from failed


def _settled(count: Callable[[], int], still: float, within: float) -> int:
    """Return the count once it is not zero and was the same for ``still`` seconds, or after ``within`` as it is."""
    seen, since = 0, time.monotonic()
    until = since + within
    while time.monotonic() < until and not (seen and time.monotonic() - since >= still):
        time.sleep(_POLL)
        if (now := count()) != seen:
            seen, since = now, time.monotonic()
    return seen
