"""What happens to the client's machine: it changes to another network, or sleeps."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import model_validator

from harness.repro.network.event import GATEWAY, SHORTEST, Event, Place, Plan
from harness.repro.scale import Scale, Span, in_words
from harness.repro.steps import duration, step


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

    time: Span
    forgotten_after: Span = GATEWAY

    @model_validator(mode="after")
    def _long_enough(self) -> Sleep:
        if self.time <= self.forgotten_after:
            raise ValueError("forgotten_after must be shorter than the sleep, or nothing breaks")
        return self

    def plan(self, scale: Scale, place: Place) -> Plan:
        """Return what is done to the world."""
        after = scale.play("idle limit of the network", self.forgotten_after, least=1.0, whole=True)
        lasts = max(scale.play("sleep", self.time, least=SHORTEST), after + SHORTEST)
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
