"""From when the windows of a scenario are measured, and for how long it asked to wait."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import NamedTuple

from harness.scenario.language.verb import Nature
from harness.units import Window


class Turn(NamedTuple):
    """When a step began, and what had been ``waited`` until then, in seconds."""

    began: float
    waited: float


@dataclass(kw_only=True)
class Clock:
    """The last action started at ``began`` and was over by ``since``; both are seconds of ``time.monotonic()``.

    A window ends so long after ``since``, and begins so long after ``began``: a slow machine makes neither a late
    verdict nor an early one. The last packet may be as old as the beginning of a probe that only breaks and waits
    followed, so ``began`` is that beginning then, plus what the waits before the last of them asked for, but not what a
    slow machine took in between. ``waited`` counts the seconds that the scenario itself asked for.
    """

    began: float = field(default_factory=time.monotonic)
    since: float = field(default_factory=time.monotonic)
    waited: float = 0.0
    _idle_since: float | None = None

    def wait(self, seconds: float) -> None:
        """Let time pass because the scenario asks for it."""
        self.waited += seconds
        time.sleep(seconds)

    def asked_for(self, seconds: float) -> None:
        """Count seconds that a look at the world took because the scenario asks for them."""
        self.waited += seconds

    def turn(self) -> Turn:
        """Return what :meth:`done` has to know of the step that begins now."""
        return Turn(time.monotonic(), self.waited)

    def done(self, nature: Nature, turn: Turn) -> None:
        """Note that a step of this nature has ended; looks change nothing, and all but probes start new windows."""
        match nature:
            case "probes":
                self._idle_since = turn.began
            case "breaks" | "waits":
                self._acted(turn.began if self._idle_since is None else self._idle_since)
                if self._idle_since is not None:
                    self._idle_since += self.waited - turn.waited
            case "acts" | "heals":
                self._acted(turn.began)
                self._idle_since = None
            case "looks":
                self._idle_since = None

    def _acted(self, began: float) -> None:
        self.began, self.since = began, time.monotonic()

    def is_early(self, window: Window, at: float) -> bool:
        """Tell whether ``at`` lies before the window, whenever between ``began`` and ``since`` it was opened."""
        return bool(window.earliest) and at - self.began < window.earliest

    def is_late(self, window: Window, at: float) -> bool:
        """Tell whether ``at`` lies behind the window, whenever between ``began`` and ``since`` it was opened."""
        return at - self.since > window.latest
