"""What an event is: something that networks and servers do to tunnels, and the plan by which it is played."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import accumulate, islice
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
    """Where it happens: a node by its name, and the link that leads there.

    ``behind``: it is the database, so that the tunnel's own connections are not touched. ``last`` is the tunnel that
    was opened last.
    """

    node: str
    link: str
    behind: bool = False
    last: str = "main"


@dataclass(frozen=True)
class BreakPlan:
    """What is done and when, in played seconds.

    ``bastion`` is how the server differs, in the words of scenario files. ``before`` is in force from the start, and
    kills a connection that is idle for ``deadly_after``. ``strikes`` happens when the idle time is over, ``heals``
    after another ``lasts``, which stand for ``real`` seconds. The user asks ``at`` the strike or after the healing.
    ``way_back``: a new connection can be made in the end. ``silent``: nothing tells the client that its connection is
    dead. ``sleeps``: the client is not there until it heals. ``refused``: the server takes the login no more.
    ``closes``: the tunnel that its user ends.
    """

    bastion: Mapping[str, Any] = field(default_factory=dict)
    before: tuple[Step, ...] = ()
    deadly_after: float = 0.0
    strikes: tuple[Step, ...] = ()
    lasts: float = 0.0
    real: float = 0.0
    heals: tuple[Step, ...] = ()
    at: Literal["strike", "healing"] = "healing"
    way_back: bool = True
    silent: bool = False
    sleeps: bool = False
    refused: bool = False
    closes: str | None = None


@dataclass(frozen=True)
class KeepAlive:
    """The tunnel's keep-alive, in seconds as reported; an ``interval`` of 0 is off."""

    interval: float
    count: int

    @property
    def budget(self) -> float:
        """For how long a silence may last at least before the peer counts as dead (LIV-4)."""
        return self.interval * self.count


@dataclass(frozen=True)
class Circumstances:
    """What the user has set, in seconds as reported: the keep-alive, how and for how long it is tried to reconnect.

    ``connect`` is the limit for logging in, ``pause`` for how long the tunnel is idle or busy. ``behind``: it happens
    between the last server and the database. ``tunnels`` are open at once.
    """

    keepalive: KeepAlive
    attempts: int
    first_delay: float
    max_delay: float
    connect: float
    pause: float
    behind: bool
    tunnels: int

    @property
    def tries_for(self) -> float:
        """For how long at least it is tried to reconnect, which is the sum of the delays."""
        return sum(islice(self._delays(), self.attempts))

    def attempts_for(self, seconds: float) -> int:
        """Return how many attempts last longer than so many seconds."""
        return next(number for number, until in enumerate(accumulate(self._delays()), 1) if until > seconds)

    def _delays(self) -> Iterator[float]:
        delay = self.first_delay
        while True:
            yield min(delay, self.max_delay)
            delay = min(delay * 2, self.max_delay)


class Event(Model):
    """Something that breaks tunnels. ``shorthand`` is the field that a bare argument fills.

    ``scales`` is false where time cannot be scaled, because it is the line or the login itself that is slow.
    ``behind``: it may happen to the database. ``returns`` is the
    requirement that a tunnel breaks which does not come back, ``hanging`` the one that it breaks where a new connection
    hangs. ``dial``: how the profile must name the server.
    """

    key: ClassVar[str]
    shorthand: ClassVar[str | None] = None
    scales: ClassVar[bool] = True
    behind: ClassVar[bool] = False
    returns: ClassVar[str] = "REC-2"
    hanging: ClassVar[str] = "REC-1"
    dial: ClassVar[Literal["address", "name"]] = "address"

    @model_validator(mode="before")
    @classmethod
    def _spelled_out(cls, raw: Any) -> Any:  # noqa: ANN401 -- raw YAML
        if raw is None:
            return {}
        return raw if isinstance(raw, dict | Event) or cls.shorthand is None else {cls.shorthand: raw}

    @abstractmethod
    def plan(self, scale: Scale, place: Place) -> BreakPlan:
        """Return what is done to the world."""

    @abstractmethod
    def in_words(self) -> str:
        """Return it as a clause: ``the network forgets a connection that is idle for 350 s``."""

    def advice(self, now: Circumstances) -> str | None:  # noqa: ARG002 -- most leave nothing to set
        """Return what to set to what, so that the user need not suffer from this; None where nothing helps."""
        return None

    def is_at_login(self) -> bool:
        """Return whether it happens while the tunnel logs in."""
        return False

    def needs_script(self) -> bool:
        """Return whether only a server can do it that follows a script, in place of a real sshd."""
        return False

    def is_lasting(self) -> bool:
        """Return whether it is in force from the start, and goes on."""
        return self.is_at_login()

    def is_final(self) -> bool:
        """Return whether nothing can follow, because there is no way back."""
        return False

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

    def silent_for(self) -> float:
        """Return for how many seconds the server keeps the login waiting."""
        return 0.0

    def opens(self, now: Circumstances) -> tuple[str, ...]:  # noqa: ARG002 -- most do not happen at the login
        """Return the requirements by which the tunnel must log in, whatever this does."""
        return ()

    def shows(self) -> str | None:
        """Return the requirement by which the user must be shown what the server says."""
        return None

    def survivable(self, keepalive: KeepAlive) -> str | None:  # noqa: ARG002 -- most are not, whatever it is
        """Return the requirement by which an open connection must survive this, or None where it may be lost."""
        return None

    def spare(self, plan: BreakPlan, keepalive: KeepAlive) -> float:  # noqa: ARG002 -- most have nothing to spare
        """Return by how many seconds, as both are played, a connection survives this that must survive it."""
        return math.inf


def keeps_up(limit: float) -> str:
    """Return a keep-alive interval that is well within a limit of the network, in words to set it by."""
    half = limit / 2
    return f"{half:.0f}s" if half >= 1 else f"{half * 1000:.0f}ms"
