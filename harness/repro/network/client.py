"""What happens to the client's machine: it changes to another network, sleeps, or ends one of several tunnels."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import model_validator

from harness.repro.network.event import GATEWAY, SHORTEST, BreakPlan, Circumstances, Event, KeepAlive, Place
from harness.repro.scale import Scale, Span, in_words
from harness.repro.steps import duration, step


class WifiChange(Event):
    """Another network: the old connections fall silent, and the server's name leads to it by another address."""

    key: ClassVar[str] = "wifi_change"
    returns: ClassVar[str] = "LIV-10"
    dial: ClassVar[Literal["address", "name"]] = "name"

    def plan(self, scale: Scale, place: Place) -> BreakPlan:
        """Return what is done to the world."""
        del scale
        return BreakPlan(strikes=(step(self.in_words(), "change_address", node=place.node),), at="strike", silent=True)

    def advice(self, now: Circumstances) -> str | None:
        """Return that a shorter budget lets it notice sooner, where it can notice at all."""
        return "turn keep-alives on, such as interval 15s and count 3" if not now.keepalive.interval else None

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

    time: Span
    forgotten_after: Span = GATEWAY

    @model_validator(mode="after")
    def _long_enough(self) -> Sleep:
        if self.time <= self.forgotten_after:
            raise ValueError("forgotten_after must be shorter than the sleep, or nothing breaks")
        return self

    def plan(self, scale: Scale, place: Place) -> BreakPlan:
        """Return what is done to the world."""
        after = scale.play("idle limit of the network", self.forgotten_after, least=1.0, whole=True)
        lasts = max(scale.play("sleep", self.time, least=SHORTEST), after + SHORTEST)
        asleep = step("the laptop goes to sleep", "sleep")
        forget = step("", "forget", link=place.link, after=duration(after))
        return BreakPlan(
            strikes=(asleep, forget),
            deadly_after=after,
            lasts=lasts,
            real=self.time,
            heals=(step("the laptop wakes", "wake"),),
            silent=True,
            sleeps=True,
        )

    def shortest(self) -> tuple[float, ...]:
        """Return the network's limit."""
        return (self.forgotten_after,)

    def advice(self, now: Circumstances) -> str | None:
        """Return that without keep-alives nothing notices what was lost meanwhile."""
        return "turn keep-alives on, such as interval 15s and count 3" if not now.keepalive.interval else None

    def in_words(self) -> str:
        """Return it in words."""
        return f"the laptop sleeps for {in_words(self.time)}, and the network forgets its connections"


class OtherEnds(Event):
    """The user ends one of several tunnels to the same server, and goes on with the others."""

    key: ClassVar[str] = "other_tunnel_ends"

    def plan(self, scale: Scale, place: Place) -> BreakPlan:
        """Return what is done: the tunnel that was opened last is closed."""
        del scale
        return BreakPlan(strikes=(step(self.in_words(), "close", tunnel=place.last),), closes=place.last)

    def survivable(self, keepalive: KeepAlive) -> str | None:
        """Return STOP-10."""
        del keepalive
        return "STOP-10"

    def in_words(self) -> str:
        """Return it in words."""
        return "the user ends another tunnel to the same server"
