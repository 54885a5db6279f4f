"""Observations of bytes on a link: when a tunnel that is idle sends something."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Annotated, ClassVar, Literal, NamedTuple

from pydantic import Field

from harness.faults.needs import Need, NeedsTraffic
from harness.scenario.language.observation import Observation, Reading
from harness.scenario.language.rehearsal import Rehearsal
from harness.scenario.stage.stage import Stage
from harness.units import Duration
from harness.world.fabric import Passed

_AT_ONCE = 0.25
"""Seconds: what lies closer together belongs to one message."""


class OnLink(Observation):
    """An observation of what the client sends over a link since something was last done."""

    link: str

    def links(self) -> tuple[str, ...]:
        return (self.link,)

    def needs(self) -> frozenset[Need]:
        """Return that the link must be watched."""
        return frozenset({NeedsTraffic(self.link)})

    def from_client(self, stage: Stage) -> tuple[Passed, ...]:
        """Return what the client sent on its oldest connection, since something was last done."""
        new = [one for one in stage.world.traffic(self.link) if one.towards == "server" and one.at >= stage.clock.since]
        return tuple(one for one in new if one.connection == new[0].connection)

    def exchanges(self, stage: Stage) -> tuple[Exchange, ...]:
        """Return what the client sent on its oldest connection, since something was last done, and what was answered.

        A message is answered when the server says something before the client speaks again. One message may come in
        pieces, such as a packet that is ignored before each other one (RFC 4253, sections 9.3.1 and 11.2).
        """
        new = [one for one in stage.world.traffic(self.link) if one.at >= stage.clock.since]
        oldest = next((one.connection for one in new if one.towards == "server"), None)
        found: list[Exchange] = []
        last: Passed | None = None
        for one in new:
            if one.connection != oldest:
                continue
            if one.towards == "client":
                found[-1:] = [each._replace(answered=True) for each in found[-1:]]
            elif last is None or last.towards == "client" or one.at - last.at > _AT_ONCE:
                found.append(Exchange(one.at, answered=False))
            last = one
        return tuple(found)


class Exchange(NamedTuple):
    """One message of the client, ``at`` on the ``time.monotonic()`` clock, and whether the server answered it."""

    at: float
    answered: bool


class KeepAliveSeen(OnLink):
    """An idle client sent a message that the server answered: a keep-alive, whatever it is made of.

    A global request, a request on a channel and a message that the server does not know are all answered (RFC 4254,
    sections 4 and 5.4; RFC 4253, section 11.4); what asks for no answer proves nothing about the server.
    """

    key: ClassVar[str] = "keepalive"

    keepalive: Literal["seen"]

    def watch(self, stage: Stage) -> Callable[[], Reading]:

        def look() -> Reading:
            sent = self.exchanges(stage)
            answered = [one.at for one in sent if one.answered]
            seen = f"{len(answered)} of the {len(sent)} messages of the idle client answered over {self.link}"
            return Reading(bool(answered), seen, min(answered, default=None))

        return look

    def expected(self) -> str:
        return f"a keep-alive that is answered over {self.link}"


class Probes(OnLink):
    """An idle client sends ``probes`` messages, at least ``apart`` from each other, and none in between.

    ``all_answered``: the server answers each of them. What is sent before half of ``apart`` has passed was on its way
    when something was last done. Source: ServerAliveInterval of ssh_config(5).
    """

    key: ClassVar[str] = "probes"

    probes: Annotated[int, Field(ge=2)]
    apart: Duration
    all_answered: bool = False

    def watch(self, stage: Stage) -> Callable[[], Reading]:
        settled = stage.clock.since + self.apart / 2

        def look() -> Reading:
            sent = [one for one in self.exchanges(stage) if one.at >= settled][: self.probes]
            gaps = [after.at - before.at for before, after in pairwise(sent)]
            answered = sum(one.answered for one in sent)
            seen = (
                f"{len(sent)} messages, {answered} of them answered, {_listed(round(gap, 2) for gap in gaps)} s apart"
            )
            enough = len(sent) == self.probes and (answered == self.probes or not self.all_answered)
            met = enough and min(gaps) >= self.apart
            return Reading(met, seen, sent[-1].at if met else None)

        return look

    def expected(self) -> str:
        which = "answered messages" if self.all_answered else "messages"
        return f"{self.probes} {which}, at least {self.apart:g} s apart"


class Unanswered(OnLink):
    """How many messages an idle client sent in vain before it gave up the server: those after the server's last byte.

    What comes within a quarter of a second counts as one message. The client has given up when its connections that
    are held as ``held`` have closed; what it sends from then on is a farewell. Source: ServerAliveCountMax of
    ssh_config(5).
    """

    key: ClassVar[str] = "unanswered"

    unanswered: Annotated[int, Field(ge=0)]
    held: str = "held"

    def watch(self, stage: Stage) -> Callable[[], Reading]:
        """Look at the link's oldest connection."""
        held = stage.connections(self.held)

        def look() -> Reading:
            passed = stage.world.traffic(self.link)
            given_up = [one.ended_at for one in held if one.ended_at is not None]
            if not passed or len(given_up) < len(held):
                return Reading(met=False, seen="the server is not given up")
            until = min(given_up) - _AT_ONCE
            first = [one for one in passed if one.connection == passed[0].connection]
            answered = max((one.at for one in first if one.towards == "client"), default=0.0)
            sent = [one.at for one in first if one.towards == "server" and answered < one.at < until]
            count = sum(after - before > _AT_ONCE for before, after in pairwise((answered - 1, *sent)))
            return Reading(
                count == self.unanswered, f"{count} messages without an answer, then the server was given up"
            )

        return look

    def rehearse(self, so_far: Rehearsal) -> None:
        so_far.held(self.held)

    def expected(self) -> str:
        return f"the server to be given up after {self.unanswered} messages without an answer"


class Gaps(OnLink):
    """How much time lies between the next connections over a link: at least ``gaps``, in order, and ``at_most`` each.

    A connection begins with its first byte. Only those that begin after something was last done are looked at.
    """

    key: ClassVar[str] = "gaps"

    gaps: Annotated[tuple[Duration, ...], Field(min_length=1)]
    at_most: Duration

    def watch(self, stage: Stage) -> Callable[[], Reading]:

        def look() -> Reading:
            begun: dict[str, float] = {}
            for one in stage.world.traffic(self.link):
                begun.setdefault(one.connection, one.at)
            new = [at for at in begun.values() if at >= stage.clock.since][: len(self.gaps) + 1]
            seen = [after - before for before, after in pairwise(new)]
            met = len(seen) == len(self.gaps) and all(
                least <= gap <= self.at_most for least, gap in zip(self.gaps, seen, strict=True)
            )
            return Reading(met, f"{len(new)} connections, {_listed(round(gap, 2) for gap in seen)} s apart")

        return look

    def expected(self) -> str:
        return f"connections at least {_listed(self.gaps)} s apart, and at most {self.at_most:g} s"


class Quiet(OnLink):
    """Whether the client sends nothing at all over the link: ``sent: nothing`` is for keep-alives that are off."""

    key: ClassVar[str] = "sent"

    sent: Literal["nothing"]

    def watch(self, stage: Stage) -> Callable[[], Reading]:

        def look() -> Reading:
            sent = self.from_client(stage)
            seen = f"{sum(one.size for one in sent)} bytes in {len(sent)} pieces"
            return Reading(not sent, seen, sent[0].at if sent else None)

        return look

    def expected(self) -> str:
        return f"nothing to be sent over {self.link}"


def _listed(values: Iterable[float]) -> str:
    return ", ".join(map(str, values)) or "no"
