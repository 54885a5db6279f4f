"""What happens on the way: connections are forgotten, cut short, silenced or slow."""

from __future__ import annotations

import math
import re
from abc import abstractmethod
from typing import Annotated, ClassVar

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema

from harness.repro.network.event import GATEWAY, SHORTEST, Event, KeepAlive, Place, Plan
from harness.repro.scale import Scale, Span, in_words
from harness.repro.steps import duration, step
from harness.units import Size, parse_duration


class Forgotten(Event):
    """A middlebox that forgets connections which are idle for too long."""

    @abstractmethod
    def forgets_after(self) -> float:
        """Return after how many seconds."""

    def plan(self, scale: Scale, place: Place) -> Plan:
        """Return what is done to the world."""
        after = scale.play("idle limit of the network", self.forgets_after(), least=1.0, whole=True)
        return Plan(before=(step("forget", link=place.link, after=duration(after)),), deadly_after=after, silent=True)

    def shortest(self) -> tuple[float, ...]:
        """Return the limit."""
        return (self.forgets_after(),)

    def needs_idle(self) -> float:
        """Return the limit."""
        return self.forgets_after()

    def survivable(self, keepalive: KeepAlive) -> str | None:
        """Return LIV-1 where keep-alives come often enough."""
        return "LIV-1" if 0 < keepalive.interval < self.forgets_after() else None

    def spare(self, plan: Plan, keepalive: KeepAlive) -> float:
        """Return by how much the limit is longer than the interval."""
        return plan.deadly_after - keepalive.interval


class NatTimeout(Forgotten):
    """A NAT gateway or a firewall that forgets a connection on which nothing passed for ``after``."""

    key: ClassVar[str] = "nat_timeout"
    shorthand: ClassVar[str | None] = "after"

    after: Span = GATEWAY

    def forgets_after(self) -> float:
        """Return the limit."""
        return self.after

    def in_words(self) -> str:
        """Return it in words."""
        return f"a NAT gateway forgets a connection that is idle for {in_words(self.after)}"


class LoadBalancer(Event):
    """A load balancer, or a server, that ends each connection after ``limit``, however busy it is, by a reset."""

    key: ClassVar[str] = "load_balancer"
    shorthand: ClassVar[str | None] = "limit"
    returns: ClassVar[str] = "LIV-12"

    limit: Span

    def plan(self, scale: Scale, place: Place) -> Plan:
        """Return what is done to the world."""
        del scale
        return Plan(strikes=(step("reset", link=place.link),))

    def needs_idle(self) -> float:
        """Return the limit: it is waited for."""
        return self.limit

    def strikes_after(self, idle: float) -> float:
        """Return the limit, however long the tunnel is idle."""
        del idle
        return self.limit

    def in_words(self) -> str:
        """Return it in words."""
        return f"something on the way ends each connection after {in_words(self.limit)}"


def _for_ever(value: object) -> object:
    return None if value == "for ever" else parse_duration(value)


def _positive(value: float | None) -> float | None:
    if value == 0:
        raise ValueError("a silence of no time breaks nothing; give a time such as 10min, or: for ever")
    return value


class Silence(Event):
    """A link on which nothing passes any more, without a word to either end: for ``time``, or ``for ever``."""

    key: ClassVar[str] = "silence"
    shorthand: ClassVar[str | None] = "time"

    time: Annotated[
        float | None,
        BeforeValidator(_for_ever),
        AfterValidator(_positive),
        WithJsonSchema({"type": "string", "examples": ["10min", "for ever"]}),
    ] = None

    def plan(self, scale: Scale, place: Place) -> Plan:
        """Return what is done to the world."""
        strikes = (step("stall", link=place.link),)
        if self.time is None:
            return Plan(strikes=strikes, at="strike", way_back=False, silent=True)
        lasts = scale.play("silence", self.time, least=SHORTEST)
        heals = (step("resume", name=place.link),)
        return Plan(strikes=strikes, lasts=lasts, heals=heals, at="strike", silent=True)

    def survivable(self, keepalive: KeepAlive) -> str | None:
        """Return LIV-6 where the silence is shorter than the keep-alive budget."""
        return "LIV-6" if self.time is not None and (not keepalive.interval or self.time < keepalive.budget) else None

    def spare(self, plan: Plan, keepalive: KeepAlive) -> float:
        """Return by how much the keep-alive budget is longer than the silence."""
        return keepalive.budget - plan.lasts if keepalive.interval else math.inf

    def in_words(self) -> str:
        """Return it in words."""
        return "nothing passes any more, " + ("for ever" if self.time is None else f"for {in_words(self.time)}")


class Reset(Event):
    """Something on the way that resets the connection, once."""

    key: ClassVar[str] = "reset"

    def plan(self, scale: Scale, place: Place) -> Plan:
        """Return what is done to the world."""
        del scale
        return Plan(strikes=(step("reset", link=place.link),))

    def in_words(self) -> str:
        """Return it in words."""
        return "the connection is reset"


class SlowLine(Event):
    """A line with a long ``round_trip``, or a narrow one of ``rate`` bytes a second."""

    key: ClassVar[str] = "slow_line"
    shorthand: ClassVar[str | None] = "round_trip"
    scales: ClassVar[bool] = False

    round_trip: Span
    rate: Size | None = None

    def plan(self, scale: Scale, place: Place) -> Plan:
        """Return what is done to the world."""
        del scale
        narrow = () if self.rate is None else (step("bandwidth", link=place.link, rate=f"{self.rate}B"),)
        return Plan(before=(step("latency", link=place.link, delay=duration(self.round_trip / 2)), *narrow))

    def carries(self) -> int | None:
        """Return the rate."""
        return self.rate

    def survivable(self, keepalive: KeepAlive) -> str | None:
        """Return FLAKY-1 where an answer can come in time at all."""
        return "FLAKY-1" if not keepalive.interval or self.round_trip < keepalive.interval else None

    def spare(self, plan: Plan, keepalive: KeepAlive) -> float:
        """Return by how much the interval is longer than an answer takes."""
        del plan
        return keepalive.interval - self.round_trip if keepalive.interval else math.inf

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

    share: Annotated[
        float,
        BeforeValidator(_share),
        WithJsonSchema({"type": ["string", "number"], "examples": ["5%", 5]}),
    ]

    def plan(self, scale: Scale, place: Place) -> Plan:
        """Return what is done to the world."""
        del scale
        return Plan(before=(step("lose", link=place.link, share=self.share),))

    def survivable(self, keepalive: KeepAlive) -> str | None:
        """Return FLAKY-1."""
        del keepalive
        return "FLAKY-1"

    def in_words(self) -> str:
        """Return it in words."""
        return f"the line loses {self.share * 100:g} % of its packets"
