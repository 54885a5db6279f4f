"""What happens on the way: connections are forgotten, cut short, silenced or slow."""

from __future__ import annotations

import math
import re
from typing import Annotated, ClassVar

from pydantic import BeforeValidator, WithJsonSchema

from harness.repro.network.event import GATEWAY, BreakPlan, Circumstances, Event, KeepAlive, Place, keeps_up
from harness.repro.network.unheard import Unheard
from harness.repro.scale import Scale, Span, in_words
from harness.repro.steps import duration, step
from harness.scenario.language.model import Step
from harness.units import SomeSize


class NatTimeout(Event):
    """A NAT gateway or a firewall that forgets a connection on which nothing passed for ``after``."""

    key: ClassVar[str] = "nat_timeout"
    shorthand: ClassVar[str | None] = "after"
    behind: ClassVar[bool] = True

    after: Span = GATEWAY

    def plan(self, scale: Scale, place: Place) -> BreakPlan:
        """Return what is done to the world."""
        after = scale.play("idle limit of the network", self.after, least=1.0, whole=True)
        forget = step(self.in_words(), "forget", link=place.link, after=duration(after))
        return BreakPlan(before=(forget,), deadly_after=after, silent=True)

    def is_lasting(self) -> bool:
        """Return that it is."""
        return True

    def shortest(self) -> tuple[float, ...]:
        """Return the limit."""
        return (self.after,)

    def needs_idle(self) -> float:
        """Return the limit."""
        return self.after

    def survivable(self, keepalive: KeepAlive) -> str | None:
        """Return LIV-1 where keep-alives come often enough."""
        return "LIV-1" if 0 < keepalive.interval < self.after else None

    def spare(self, plan: BreakPlan, keepalive: KeepAlive) -> float:
        """Return by how much the limit is longer than the interval."""
        return plan.deadly_after - keepalive.interval

    def advice(self, now: Circumstances) -> str | None:
        """Return an interval within the limit, and how often it drops with the one that is set."""
        if now.behind:
            return (
                "the tunnel's keep-alives do not pass there: let the database, or its client, send one more often than "
                f"every {in_words(self.after)} (PostgreSQL: tcp_keepalives_idle = {self.after / 2:.0f})"
            )
        if 0 < now.keepalive.interval < self.after:
            return None
        if not now.keepalive.interval:
            return (
                f"turn keep-alives on, with an interval of {keeps_up(self.after)}: nothing else keeps the line in use"
            )
        every = now.keepalive.interval * (now.keepalive.count + 1)
        return (
            f"set the keep-alive interval to {keeps_up(self.after)}: with {in_words(now.keepalive.interval)} the line "
            f"is forgotten before each keep-alive, and so it drops about every {in_words(every)}"
        )

    def in_words(self) -> str:
        """Return it in words."""
        return f"the network (a NAT gateway, a firewall) forgets a connection that is idle for {in_words(self.after)}"


class LoadBalancer(Event):
    """A load balancer, or a server, that ends each connection after ``limit``, however busy it is, by a reset."""

    key: ClassVar[str] = "load_balancer"
    shorthand: ClassVar[str | None] = "limit"
    behind: ClassVar[bool] = True
    returns: ClassVar[str] = "LIV-12"

    limit: Span

    def plan(self, scale: Scale, place: Place) -> BreakPlan:
        """Return what is done to the world."""
        del scale
        return BreakPlan(strikes=(step("the limit is over: the connection is reset", "reset", link=place.link),))

    def needs_idle(self) -> float:
        """Return the limit: it is waited for."""
        return self.limit

    def strikes_after(self, idle: float) -> float:
        """Return the limit, however long the tunnel is idle."""
        del idle
        return self.limit

    def advice(self, now: Circumstances) -> str | None:
        """Return that only the limit itself can be raised."""
        return (
            f"no setting of a tunnel helps: raise the limit there to more than {in_words(max(now.pause, self.limit))}"
        )

    def in_words(self) -> str:
        """Return it in words."""
        return f"something on the way ends each connection after {in_words(self.limit)}"


class Silence(Unheard):
    """A link on which nothing passes any more, without a word to either end: for ``time``, or ``for ever``."""

    key: ClassVar[str] = "silence"
    what: ClassVar[str] = "nothing passes any more"

    def strike(self, place: Place) -> Step:
        """Return the stall."""
        return step(self.in_words(), "stall", link=place.link)

    def heal(self, place: Place) -> Step:
        """Return its end."""
        return step("the line works again", "resume", name=place.link)


class Reset(Event):
    """Something on the way that resets the connection, once."""

    key: ClassVar[str] = "reset"
    behind: ClassVar[bool] = True

    def plan(self, scale: Scale, place: Place) -> BreakPlan:
        """Return what is done to the world."""
        del scale
        return BreakPlan(strikes=(step(self.in_words(), "reset", link=place.link),))

    def in_words(self) -> str:
        """Return it in words."""
        return "the connection is reset"


class SlowLine(Event):
    """A line with a long ``round_trip``, or a narrow one of ``rate`` bytes a second."""

    key: ClassVar[str] = "slow_line"
    shorthand: ClassVar[str | None] = "round_trip"
    scales: ClassVar[bool] = False
    behind: ClassVar[bool] = True

    round_trip: Span
    rate: SomeSize | None = None

    def plan(self, scale: Scale, place: Place) -> BreakPlan:
        """Return what is done to the world."""
        del scale
        narrow = () if self.rate is None else (step("", "bandwidth", link=place.link, rate=f"{self.rate}B"),)
        late = step(self.in_words(), "latency", link=place.link, delay=duration(self.round_trip / 2))
        return BreakPlan(before=(late, *narrow))

    def is_lasting(self) -> bool:
        """Return that it is."""
        return True

    def carries(self) -> int | None:
        """Return the rate."""
        return self.rate

    def survivable(self, keepalive: KeepAlive) -> str | None:
        """Return FLAKY-1 where an answer can come in time at all."""
        return "FLAKY-1" if not keepalive.interval or self.round_trip < keepalive.interval else None

    def spare(self, plan: BreakPlan, keepalive: KeepAlive) -> float:
        """Return by how much the interval is longer than an answer takes."""
        del plan
        return keepalive.interval - self.round_trip if keepalive.interval else math.inf

    def advice(self, now: Circumstances) -> str | None:
        """Return an interval that leaves time for an answer."""
        if 0 < now.keepalive.interval <= self.round_trip:
            return f"set the keep-alive interval to {math.ceil(self.round_trip * 5)}s: an answer must have time to come"
        return None

    def in_words(self) -> str:
        """Return it in words."""
        narrow = "" if self.rate is None else f", and carries {self.rate} bytes a second"
        return f"an answer takes {in_words(self.round_trip)} on the line{narrow}"


_PERCENT = re.compile(r"(\d{1,3}(?:\.\d{1,6})?)%?")
_MOST_LOSS = 20.0


def _share(value: object) -> float:
    """Read ``5%`` or 5, which is the same; what is below 1 needs its sign, for it may be meant as a share."""
    said = _PERCENT.fullmatch(str(value))
    if said is None or isinstance(value, bool):
        raise ValueError(f"{str(value)[:40]!r} is not a share of packets: write a number and %, such as 5%")
    percent = float(said[1])
    if percent < 1 and not str(value).endswith("%"):
        raise ValueError(f"{value} may be meant as {percent:g}% or as {percent:.0%}: write one of them")
    if not 0 < percent <= _MOST_LOSS:
        raise ValueError(f"{percent:g}% of the packets cannot be played: give more than 0% and at most {_MOST_LOSS:g}%")
    return percent / 100


class PacketLoss(Event):
    """A line that loses a share of its packets, such as ``5%``, in each direction."""

    key: ClassVar[str] = "packet_loss"
    shorthand: ClassVar[str | None] = "share"
    scales: ClassVar[bool] = False
    behind: ClassVar[bool] = True

    share: Annotated[
        float,
        BeforeValidator(_share),
        WithJsonSchema({"type": ["string", "number"], "examples": ["5%", 5]}),
    ]

    def plan(self, scale: Scale, place: Place) -> BreakPlan:
        """Return what is done to the world."""
        del scale
        return BreakPlan(before=(step(self.in_words(), "lose", link=place.link, share=self.share),))

    def is_lasting(self) -> bool:
        """Return that it is."""
        return True

    def survivable(self, keepalive: KeepAlive) -> str | None:
        """Return FLAKY-1."""
        del keepalive
        return "FLAKY-1"

    def in_words(self) -> str:
        """Return it in words."""
        return f"the line loses {self.share * 100:g} % of its packets"
