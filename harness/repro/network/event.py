"""What an event is: something that networks and servers do to tunnels, and the plan by which it is played."""

from __future__ import annotations

import math
from abc import abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from pydantic import model_validator

from harness.model import Model
from harness.repro.scale import Scale
from harness.scenario.language.model import Step

SHORTEST = 0.5
"""Seconds that a break must last to be a break: a server's restart and a relay's answer take a part of it."""
GATEWAY = 350.0
"""Seconds after which a NAT gateway or a load balancer of AWS forgets an idle TCP connection, as its manuals say."""


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

    def spare(self, plan: Plan, keepalive: KeepAlive) -> float:  # noqa: ARG002 -- most have nothing to spare
        """Return by how many seconds, as both are played, a connection survives this that must survive it."""
        return math.inf
