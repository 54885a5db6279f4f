"""What a client that tries again after a loss sees."""

from __future__ import annotations

import time
from typing import ClassVar

from harness.errors import Failed
from harness.probe import client
from harness.scenario.language.rehearsal import Rehearsal
from harness.scenario.stage.stage import Stage
from harness.scenario.verbs.probes.traffic import Probe

_PAUSE = 0.05
_SIZE = 1024


class Settle(Probe):
    """See each held connection be served or ended: none is left waiting (requirement REC-1).

    For clients that came while the tunnel was down, once it works again or has ended.
    """

    verb: ClassVar[str] = "settle"
    shorthand: ClassVar[str | None] = "held"

    held: str = "held"

    def run(self, stage: Stage) -> None:
        """Ask each for an echo. Raises Failed."""
        deadline = time.monotonic() + self.within
        held = stage.connections(self.held)
        outcomes = [self._outcome(one, max(_PAUSE, deadline - time.monotonic())) for one in held]
        stage.timeline.add("client", "observation", "settle", ", ".join(outcomes))

    def rehearse(self, so_far: Rehearsal) -> None:
        so_far.held(self.held)

    def _outcome(self, one: client.Held, within: float) -> str:
        try:
            one.echo(_SIZE, within)
        except Failed as failed:
            if one.ended_at is None:
                raise Failed(
                    f"every client to be served or ended within {self.within:g} s", failed.observed
                ) from failed
            return "ended"
        return "served"


class WorksAgain(Probe):
    """Dial the same endpoint until an echo comes back, as a client that tries again after a loss does.

    A client of a tunnel that is down may be refused, ended or held until it is back (requirement REC-1); so a try that
    fails is followed by another until ``within`` is over, which counts from this step.
    """

    verb: ClassVar[str] = "works_again"
    shorthand: ClassVar[str | None] = "within"

    def run(self, stage: Stage) -> None:
        """Try until one is served. Raises Failed, with what became of the last try."""
        deadline = time.monotonic() + self.within
        tries = 0
        while True:
            tries += 1
            try:
                client.echo_once(stage.way(self.tunnel), _SIZE, max(_PAUSE, deadline - time.monotonic()))
            except Failed as failed:
                if time.monotonic() + _PAUSE >= deadline:
                    wanted = f"a client to be served again within {self.within:g} s"
                    raise Failed(wanted, f"{tries} tries, the last: {failed.observed}") from failed
                time.sleep(_PAUSE)
            else:
                stage.timeline.add("client", "observation", "works again", f"try {tries} was served")
                return
