"""A verb that lets clients go on sending, whatever becomes of what they say."""

from __future__ import annotations

from typing import ClassVar

from harness.scenario.language.rehearsal import Rehearsal
from harness.scenario.language.verb import Nature, Verb
from harness.scenario.stage.stage import Stage
from harness.units import Duration


class Talk(Verb):
    """Let the held connections send a few bytes ``every`` so often from now on, until they end."""

    verb: ClassVar[str] = "talk"
    nature: ClassVar[Nature] = "acts"
    shorthand: ClassVar[str | None] = "held"

    held: str = "held"
    every: Duration = 0.2

    def run(self, stage: Stage) -> None:
        """Begin; the next step follows at once."""
        for one in stage.connections(self.held):
            one.talk(self.every)

    def rehearse(self, so_far: Rehearsal) -> None:
        so_far.held(self.held)
