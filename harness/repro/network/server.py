"""What servers do: they restart, come and go, freeze, no longer accept a key, or follow their policy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar

from pydantic import Field

from harness.repro.network.event import SHORTEST, BreakPlan, Circumstances, Event, Place
from harness.repro.network.unheard import Unheard
from harness.repro.scale import Scale, Span, in_words
from harness.repro.steps import step, wait
from harness.scenario.language.model import Step
from harness.units import Duration


class Restart(Event):
    """A server that is restarted, and refuses connections for ``down``."""

    key: ClassVar[str] = "restart"
    shorthand: ClassVar[str | None] = "down"
    behind: ClassVar[bool] = True
    returns: ClassVar[str] = "LIV-11"

    down: Duration = 30.0

    def plan(self, scale: Scale, place: Place) -> BreakPlan:
        """Return what is done to the world."""
        lasts = scale.play("server down", self.down, least=SHORTEST)
        return BreakPlan(
            strikes=(step("the server is shut down", "kill", node=place.node),),
            lasts=lasts,
            real=self.down,
            heals=(step("the server is back", "restart", name=place.node),),
        )

    def advice(self, now: Circumstances) -> str | None:
        """Return how many attempts last until the server is back."""
        return trying_for(self.down, now)

    def in_words(self) -> str:
        """Return it in words."""
        return f"the server is restarted, and down for {in_words(self.down)}"


def trying_for(seconds: float, now: Circumstances) -> str | None:
    """Return how many attempts last for so many seconds, where those that are set do not."""
    if now.behind or seconds <= now.tries_for:
        return None
    have = f"{now.attempts} attempts end after {in_words(now.tries_for)}" if now.attempts else "reconnecting is off"
    return f"set reconnect.attempts to {now.attempts_for(seconds)}: {have}, and it is back after {in_words(seconds)}"


class Flapping(Event):
    """A server that comes and goes: ``times`` times it is down for ``down``, and ``up`` again for so long."""

    key: ClassVar[str] = "flapping"
    shorthand: ClassVar[str | None] = "times"
    behind: ClassVar[bool] = True
    returns: ClassVar[str] = "LIV-11"

    times: Annotated[int, Field(ge=2, le=20)] = 3
    down: Span = 30.0
    up: Span = 60.0

    def plan(self, scale: Scale, place: Place) -> BreakPlan:
        """Return what is done to the world."""
        down = scale.play("server down", self.down, least=SHORTEST)
        up = scale.play("server back", self.up, least=SHORTEST)

        def comes_and_goes() -> Iterator[Step]:
            yield step("the server is gone", "kill", node=place.node)
            for number in range(2, self.times + 1):
                yield from wait(f"it stays away for {in_words(self.down)}", down, self.down)
                yield step("it comes back", "restart", name=place.node)
                yield from wait(f"it is there for {in_words(self.up)}", up, self.up)
                yield step(f"it is gone again, time {number} of {self.times}", "kill", node=place.node)

        back = step("the server is back, and stays", "restart", name=place.node)
        return BreakPlan(strikes=tuple(comes_and_goes()), lasts=down, real=self.down, heals=(back,))

    def advice(self, now: Circumstances) -> str | None:
        """Return how many attempts last until the server stays."""
        return trying_for(self.down, now)

    def in_words(self) -> str:
        """Return it in words."""
        return f"the server comes and goes: {self.times} times it is gone for {in_words(self.down)}"


class Frozen(Unheard):
    """A server that hangs while its kernel goes on acknowledging packets: for ``time``, or ``for ever``."""

    key: ClassVar[str] = "frozen"
    what: ClassVar[str] = "the server hangs"

    def strike(self, place: Place) -> Step:
        """Return the freeze."""
        return step(self.in_words(), "freeze", node=place.node)

    def heal(self, place: Place) -> Step:
        """Return its end."""
        return step("the server goes on", "thaw", name=place.node)


class KeyRemoved(Event):
    """A server that no longer accepts the user's key, and ends the session."""

    key: ClassVar[str] = "key_removed"
    returns: ClassVar[str] = "REC-6"

    def plan(self, scale: Scale, place: Place) -> BreakPlan:
        """Return what is done to the world."""
        del scale
        revoke = step("the server no longer accepts the key", "revoke_key", node=place.node)
        reset = step("the session is ended", "reset", link=place.link)
        return BreakPlan(strikes=(revoke, reset), way_back=False, refused=True)

    def is_final(self) -> bool:
        """Return that it is."""
        return True

    def advice(self, now: Circumstances) -> str | None:
        """Return that the key must be taken again."""
        del now
        return "no setting of a tunnel helps: put the key back into authorized_keys of the server"

    def in_words(self) -> str:
        """Return it in words."""
        return "the server no longer accepts the key, and the session is ended"
