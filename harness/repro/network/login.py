"""What happens while a tunnel logs in: the server is slow, asks to visit a page, or has a policy that keeps it out."""

from __future__ import annotations

from abc import abstractmethod
from typing import Annotated, ClassVar

from pydantic import Field

from harness.repro import policy
from harness.repro.network.event import BreakPlan, Circumstances, Event, Place
from harness.repro.scale import Scale, Span, in_words
from harness.repro.steps import duration
from harness.units import Duration

_IN_TIME = 0.8
"""The share of the limit for connecting within which a server must be waited for (OPEN-13)."""


class AtLogin(Event):
    """A break at the login; time is not scaled, for a login cannot be sped up."""

    scales: ClassVar[bool] = False

    def is_at_login(self) -> bool:
        """Return that it is."""
        return True

    @abstractmethod
    def opens(self, now: Circumstances) -> tuple[str, ...]:
        """Return the requirements by which the tunnel must log in all the same."""


class Scripted(AtLogin):
    """What a script does in place of sshd."""

    def needs_script(self) -> bool:
        """Return that it is needed."""
        return True


class SlowServer(Scripted):
    """A server that takes its time: for its first line (``banner``), its keys (``kex``), its answer (``login``)."""

    key: ClassVar[str] = "slow_server"
    shorthand: ClassVar[str | None] = "banner"

    banner: Duration = 0.0
    kex: Duration = 0.0
    login: Duration = 0.0

    def plan(self, scale: Scale, place: Place) -> BreakPlan:
        """Return how the server differs."""
        del scale, place
        delays = {"version": duration(self.banner), "kex": duration(self.kex), "auth": duration(self.login)}
        return BreakPlan(bastion={"delays": delays})

    def silent_for(self) -> float:
        """Return the time of all stages together."""
        return self.banner + self.kex + self.login

    def opens(self, now: Circumstances) -> tuple[str, ...]:
        """Return OPEN-13 where that is well within the limit for connecting."""
        return ("OPEN-13",) if self.silent_for() <= now.connect * _IN_TIME else ()

    def advice(self, now: Circumstances) -> str | None:
        """Return a limit that leaves time for the login."""
        if self.silent_for() <= now.connect * _IN_TIME:
            return None
        limit = f"{self.silent_for() / _IN_TIME:.0f}s"
        return f"set timeouts.connect to {limit}: the server alone takes {in_words(self.silent_for())}"

    def in_words(self) -> str:
        """Return it in words."""
        stages = {"send its first line": self.banner, "exchange keys": self.kex, "answer the login": self.login}
        told = [f"{in_words(takes)} to {what}" for what, takes in stages.items() if takes]
        return f"the server is slow: it takes {' and '.join(told) or 'no time'}"


class Banner(Scripted):
    """A server that says something before the login, such as a page to visit, and then ``waits`` for its user."""

    key: ClassVar[str] = "banner"
    shorthand: ClassVar[str | None] = "says"

    says: Annotated[str, Field(min_length=1, max_length=2000)]
    waits: Span = 5.0

    def plan(self, scale: Scale, place: Place) -> BreakPlan:
        """Return how the server differs."""
        del scale, place
        return BreakPlan(bastion={"banner": f"{self.says}\n", "delays": {"auth": duration(self.waits)}})

    def silent_for(self) -> float:
        """Return the time of its user."""
        return self.waits

    def opens(self, now: Circumstances) -> tuple[str, ...]:
        """Return that the user has time, AUTH-16."""
        del now
        return ("AUTH-16",)

    def shows(self) -> str | None:
        """Return AUTH-13."""
        return "AUTH-13"

    def in_words(self) -> str:
        """Return it in words."""
        return f"the server says {self.says.strip()!r}, and waits {in_words(self.waits)} for its user"


class ServerPolicy(AtLogin):
    """Nothing but what the ``keywords`` of the server's own policy do: the event of a report without ``network``."""

    key: ClassVar[str] = "server"
    returns: ClassVar[str] = "LIV-12"

    scales: ClassVar[bool] = True

    keywords: dict[str, str] = {}

    def plan(self, scale: Scale, place: Place) -> BreakPlan:
        """Return that nothing is done to the network."""
        del scale, place
        return BreakPlan()

    def is_at_login(self) -> bool:
        """Return whether the policy may keep a tunnel out."""
        return bool(policy.at_login(self.keywords))

    @property
    def in_common(self) -> bool:
        """Whether each list of algorithms has one that a tunnel must offer."""
        return all(policy.modern(name, self.keywords) for name in policy.at_login(self.keywords))

    def opens(self, now: Circumstances) -> tuple[str, ...]:
        """Return KEX-1 where it takes modern algorithms, OPEN-7 where it drops some of many logins."""
        said = set(policy.at_login(self.keywords))
        busy = policy.STARTUPS in said and now.tunnels > 1
        chosen = bool(said - {policy.STARTUPS}) and self.in_common
        return (*(("KEX-1",) if chosen else ()), *(("OPEN-7",) if busy else ()))

    def advice(self, now: Circumstances) -> str | None:
        """Return what to change in the server's policy."""
        for name in policy.at_login(self.keywords):
            if name == policy.STARTUPS:
                return f"set MaxStartups of the server to more than {now.tunnels}, or open fewer tunnels at once"
            if not policy.modern(name, self.keywords):
                return f"add one of these to {name} of the server: {', '.join(policy.MODERN[name][:3])}"
        if policy.shortest(self.keywords):
            return (
                "keep-alives do not count as use of a channel: set ChannelTimeout of the server to more than "
                f"{in_words(now.pause)}, or none"
                if any(name.lower() == "channeltimeout" for name in self.keywords)
                else None
            )
        return None

    def in_words(self) -> str:
        """Return it in words."""
        told = ", ".join(f"{name} {value}" for name, value in self.keywords.items())
        return f"the server's policy is {told}"
