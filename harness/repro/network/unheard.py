"""What a peer that is not heard for a while has in common, whether the line is silent or the server hangs."""

from __future__ import annotations

import math
from abc import abstractmethod
from typing import ClassVar

from pydantic import Field

from harness.repro.network.event import SHORTEST, BreakPlan, Circumstances, Event, KeepAlive, Place
from harness.repro.scale import EVER, Scale, SpanOrEver, in_words
from harness.scenario.language.model import Step


class Unheard(Event):
    """Nothing is heard for ``time``, or ``for ever``, and nothing says so to either end."""

    shorthand: ClassVar[str | None] = "time"
    behind: ClassVar[bool] = True
    what: ClassVar[str]

    time: SpanOrEver = Field(default_factory=lambda: EVER)

    @abstractmethod
    def strike(self, place: Place) -> Step:
        """Return the step that begins it."""

    @abstractmethod
    def heal(self, place: Place) -> Step:
        """Return the step that ends it."""

    def plan(self, scale: Scale, place: Place) -> BreakPlan:
        """Return what is done to the world."""
        strikes = (self.strike(place),)
        if self.time == EVER:
            return BreakPlan(strikes=strikes, at="strike", way_back=False, silent=True)
        lasts = scale.play("silence", self.time, least=SHORTEST)
        return BreakPlan(
            strikes=strikes, lasts=lasts, real=self.time, heals=(self.heal(place),), at="strike", silent=True
        )

    def is_final(self) -> bool:
        """Return whether it is for ever."""
        return self.time == EVER

    def survivable(self, keepalive: KeepAlive) -> str | None:
        """Return LIV-6 where it is shorter than the keep-alive budget."""
        return "LIV-6" if self.time < (keepalive.budget or EVER) else None

    def spare(self, plan: BreakPlan, keepalive: KeepAlive) -> float:
        """Return by how much the keep-alive budget is longer."""
        return keepalive.budget - plan.lasts if keepalive.interval else math.inf

    def advice(self, now: Circumstances) -> str | None:
        """Return what keep-alives and attempts outlast it, or let it be noticed."""
        if now.behind:
            return None
        if not now.keepalive.interval:
            return "turn keep-alives on, such as interval 15s and count 3: nothing else can notice"
        if self.time == EVER:
            return None
        count = math.floor(self.time / now.keepalive.interval) + 2
        attempts = now.attempts_for(self.time)
        more = f"; to come back from it, set reconnect.attempts to {attempts}" if attempts > now.attempts else ""
        return (
            f"to keep connections over such a silence, set the keep-alive count to {count} (with the interval of "
            f"{in_words(now.keepalive.interval)}){more}"
        )

    def in_words(self) -> str:
        """Return it in words."""
        return f"{self.what}, " + ("for ever" if self.time == EVER else f"for {in_words(self.time)}")
