"""Verbs that open a tunnel in two steps, so that something can happen while it opens."""

from __future__ import annotations

from typing import ClassVar

from harness.adapter.driver import NoAnswer, Refused
from harness.errors import Failed
from harness.scenario.language.rehearsal import Rehearsal, nothing_begun
from harness.scenario.language.verb import Nature
from harness.scenario.stage.stage import PendingTunnel, Stage
from harness.scenario.verbs.outcome import ExpectedOutcome
from harness.scenario.verbs.tunnel import Ask


class Begin(Ask):
    """Start opening a tunnel and do not wait; ``finish`` sees what becomes of it."""

    verb: ClassVar[str] = "begin"

    def run(self, stage: Stage) -> None:
        """Ask the implementation to open a tunnel."""
        profile = self.profile(stage, self.tunnel)
        asked = stage.asked(self.tunnel, profile)
        stage.opening[self.name] = PendingTunnel(asked, stage.adapter.begin_open(self.name, profile))

    def rehearse(self, so_far: Rehearsal) -> None:
        so_far.ask(self.tunnel)
        so_far.opening[self.name] = self.tunnel


class Finish(ExpectedOutcome):
    """See what becomes of a tunnel that ``begin`` started to open; ``within`` counts from here."""

    verb: ClassVar[str] = "finish"
    nature: ClassVar[Nature] = "acts"
    shorthand: ClassVar[str | None] = "tunnel"

    tunnel: str = "main"

    def run(self, stage: Stage) -> None:
        """Wait. Raises UsageError where nothing was begun."""
        if self.tunnel not in stage.opening:
            raise nothing_begun(self.tunnel)
        begun = stage.opening.pop(self.tunnel)
        try:
            opened = begun.pending.wait(self.within)
        except Refused as refused:
            self._judge(refused.detail)
            return
        except NoAnswer as silent:
            raise Failed(f"open to end within {self.within:g} s", "no answer") from silent
        self._judge(None)
        stage.opened(self.tunnel, begun.asked, opened)

    def rehearse(self, so_far: Rehearsal) -> None:
        begun = so_far.finish(self.tunnel)
        if self.error is None:
            so_far.tunnels[self.tunnel] = begun
