"""What networks and servers do to tunnels, in the words of those who report it; each is played by faults.

One class for each: its ``key`` is the word in ``network:`` of a report.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from harness.model import Model
from harness.repro.scale import Scale, in_words
from harness.repro.steps import duration, step
from harness.scenario.model import Step
from harness.units import Duration, Size, parse_duration

_GATEWAY = 350.0
"""Seconds after which a NAT gateway or a load balancer of AWS forgets an idle TCP connection, as its manuals say."""
_SHORTEST = 0.5
"""Seconds that a break must last to be a break: a server's restart and a relay's answer take a part of it."""


@dataclass(frozen=True)
class Place:
    """Where it happens: a bastion by its name, and the link that leads there."""

    node: str
    link: str


@dataclass(frozen=True)
class Plan:
    """What is done and when, in played seconds.

    ``before`` is in force from the start, and kills a connection that is idle for ``deadly_after``. ``strikes`` happens
    when the idle time is over, ``heals`` after another ``lasts``. The user asks ``at`` the strike or after the
    healing. ``way_back``: a new connection can be made in the end. ``silent``: nothing tells the client that its
    connection is dead. ``sleeps``: the client is not there until it heals. ``refused``: the server takes the login
    no more.
    """

    before: tuple[Step, ...] = ()
    deadly_after: float = 0.0
    strikes: tuple[Step, ...] = ()
    lasts: float = 0.0
    heals: tuple[Step, ...] = ()
    at: Literal["strike", "healing"] = "healing"
    way_back: bool = True
    silent: bool = False
    sleeps: bool = False
    refused: bool = False


@dataclass(frozen=True)
class KeepAlive:
    """The tunnel's keep-alive, in seconds as reported; an ``interval`` of 0 is off."""

    interval: float
    count: int

    @property
    def budget(self) -> float:
        """For how long a silence may last at least before the peer counts as dead (LIV-4)."""
        return self.interval * self.count


class Event(Model):
    """Something that breaks tunnels. ``shorthand`` is the field that a bare argument fills.

    ``scales`` is false where time cannot be scaled, because it is the line itself that is slow. ``returns`` is the
    requirement that a tunnel breaks which does not come back, ``hanging`` the one that it breaks where a new connection
    hangs. ``dial``: how the profile must name the server.
    """

    key: ClassVar[str]
    shorthand: ClassVar[str | None] = None
    scales: ClassVar[bool] = True
    returns: ClassVar[str] = "REC-2"
    hanging: ClassVar[str] = "REC-1"
    dial: ClassVar[Literal["address", "name"]] = "address"

    @model_validator(mode="before")
    @classmethod
    def _spelled_out(cls, raw: Any) -> Any:  # noqa: ANN401 -- raw YAML
        if isinstance(raw, dict | Event) or cls.shorthand is None:
            return {} if raw is None else raw
        return {cls.shorthand: raw}

    @abstractmethod
    def plan(self, scale: Scale, place: Place) -> Plan:
        """Return what is done to the world."""

    @abstractmethod
    def in_words(self) -> str:
        """Return it as a clause: ``the network forgets a connection that is idle for 350 s``."""

    def shortest(self) -> tuple[float, ...]:
        """Return the times, in seconds, that must not be scaled below a second: what they are compared with is not."""
        return ()

    def needs_idle(self) -> float:
        """Return for how many seconds at least the tunnel must be idle for this to happen."""
        return 0.0

    def strikes_after(self, idle: float) -> float:
        """Return after how many of the ``idle`` seconds it happens."""
        return idle

    def carries(self) -> int | None:
        """Return how many bytes a second the line carries, or None where that is not what is wrong with it."""
        return None

    def survivable(self, keepalive: KeepAlive) -> str | None:  # noqa: ARG002 -- most are not, whatever it is
        """Return the requirement by which an open connection must survive this, or None where it may be lost."""
        return None


class Forgotten(Event):
    """A middlebox that forgets connections which are idle for too long."""

    def forgets_after(self) -> float:
        """Return after how many seconds."""
        raise NotImplementedError

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


class NatTimeout(Forgotten):
    """A NAT gateway or a firewall that forgets a connection on which nothing passed for ``after``."""

    key: ClassVar[str] = "nat_timeout"
    shorthand: ClassVar[str | None] = "after"

    after: Duration = _GATEWAY

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

    limit: Duration

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


class WifiChange(Event):
    """Another network: the old connections fall silent, and the server's name leads to it by another address."""

    key: ClassVar[str] = "wifi_change"
    returns: ClassVar[str] = "LIV-10"
    dial: ClassVar[Literal["address", "name"]] = "name"

    def plan(self, scale: Scale, place: Place) -> Plan:
        """Return what is done to the world."""
        del scale
        return Plan(strikes=(step("change_address", node=place.node),), at="strike", silent=True)

    def in_words(self) -> str:
        """Return it in words."""
        return "the client changes to another network, and the server has another address there"


class Sleep(Event):
    """A laptop that sleeps for ``time``, while the network forgets connections that are idle for ``forgotten_after``.

    A sleep need not be much longer than that: nothing more happens.
    """

    key: ClassVar[str] = "sleep"
    shorthand: ClassVar[str | None] = "time"
    returns: ClassVar[str] = "LIV-9"
    hanging: ClassVar[str] = "LIV-9"

    time: Duration
    forgotten_after: Duration = _GATEWAY

    @model_validator(mode="after")
    def _long_enough(self) -> Sleep:
        if self.time <= self.forgotten_after:
            raise ValueError("forgotten_after must be shorter than the sleep, or nothing breaks")
        return self

    def plan(self, scale: Scale, place: Place) -> Plan:
        """Return what is done to the world."""
        after = scale.play("idle limit of the network", self.forgotten_after, least=1.0, whole=True)
        lasts = max(scale.play("sleep", self.time, least=_SHORTEST), after + _SHORTEST)
        return Plan(
            strikes=(step("sleep"), step("forget", link=place.link, after=duration(after))),
            deadly_after=after,
            lasts=lasts,
            heals=(step("wake"),),
            silent=True,
            sleeps=True,
        )

    def shortest(self) -> tuple[float, ...]:
        """Return the network's limit."""
        return (self.forgotten_after,)

    def in_words(self) -> str:
        """Return it in words."""
        return f"the laptop sleeps for {in_words(self.time)}, and the network forgets its connections"


class Restart(Event):
    """A server that is restarted, and refuses connections for ``down``."""

    key: ClassVar[str] = "restart"
    shorthand: ClassVar[str | None] = "down"
    returns: ClassVar[str] = "LIV-11"

    down: Duration = 30.0

    def plan(self, scale: Scale, place: Place) -> Plan:
        """Return what is done to the world."""
        lasts = scale.play("server down", self.down, least=_SHORTEST)
        return Plan(
            strikes=(step("kill", node=place.node),),
            lasts=lasts,
            heals=(step("restart", name=place.node),),
        )

    def in_words(self) -> str:
        """Return it in words."""
        return f"the server is restarted, and down for {in_words(self.down)}"


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
        lasts = scale.play("silence", self.time, least=_SHORTEST)
        heals = (step("resume", name=place.link),)
        return Plan(strikes=strikes, lasts=lasts, heals=heals, at="strike", silent=True)

    def survivable(self, keepalive: KeepAlive) -> str | None:
        """Return LIV-6 where the silence is shorter than the keep-alive budget."""
        return "LIV-6" if self.time is not None and (not keepalive.interval or self.time < keepalive.budget) else None

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


class KeyRemoved(Event):
    """A server that takes the user's key no more, and ends the session."""

    key: ClassVar[str] = "key_removed"
    returns: ClassVar[str] = "REC-6"

    def plan(self, scale: Scale, place: Place) -> Plan:
        """Return what is done to the world."""
        del scale
        return Plan(
            strikes=(step("revoke_key", node=place.node), step("reset", link=place.link)), way_back=False, refused=True
        )

    def in_words(self) -> str:
        """Return it in words."""
        return "the server takes the key no more, and the session is ended"


class SlowLine(Event):
    """A line with a long ``round_trip``, or a narrow one of ``rate`` bytes a second."""

    key: ClassVar[str] = "slow_line"
    shorthand: ClassVar[str | None] = "round_trip"
    scales: ClassVar[bool] = False

    round_trip: Duration
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

    def in_words(self) -> str:
        """Return it in words."""
        narrow = "" if self.rate is None else f", and carries {self.rate} bytes a second"
        return f"an answer takes {in_words(self.round_trip)} on the line{narrow}"


def _share(value: object) -> object:
    if isinstance(value, str) and value.endswith("%"):
        return float(value.removesuffix("%")) / 100
    return value


class PacketLoss(Event):
    """A line that loses a share of its packets, such as ``5%``, in each direction."""

    key: ClassVar[str] = "packet_loss"
    shorthand: ClassVar[str | None] = "share"
    scales: ClassVar[bool] = False

    share: Annotated[
        float,
        BeforeValidator(_share),
        Field(gt=0, le=0.2),
        WithJsonSchema({"type": ["string", "number"], "examples": ["5%"]}),
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
        return f"the line loses {self.share:.0%} of its packets"


class ServerPolicy(Event):
    """Nothing but what the server's own policy does: the event of a report without ``network``."""

    key: ClassVar[str] = "server"
    returns: ClassVar[str] = "LIV-12"

    def plan(self, scale: Scale, place: Place) -> Plan:
        """Return that nothing is done to the network."""
        del scale, place
        return Plan()

    def in_words(self) -> str:
        """Return it in words."""
        return "the server follows its policy"


EVENTS: dict[str, type[Event]] = {
    kind.key: kind
    for kind in (
        NatTimeout,
        LoadBalancer,
        WifiChange,
        Sleep,
        Restart,
        Silence,
        Reset,
        KeyRemoved,
        SlowLine,
        PacketLoss,
    )
}
"""Every event, by its word in ``network:`` of a report."""
