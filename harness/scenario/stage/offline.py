"""What a scenario has that needs no network: its adapter, its timeline, and the home of its user."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from harness.adapter.driver import Adapter
from harness.scenario.language.model import Scenario
from harness.scenario.stage.clock import Clock
from harness.timeline import Timeline


@dataclass(kw_only=True)
class OfflineStage:
    """The state of one running scenario. ``home`` is what the adapter knows as HOME."""

    scenario: Scenario
    timeline: Timeline
    adapter: Adapter
    home: Path
    clock: Clock = field(default_factory=Clock)

    def prove_all(self) -> None:
        """Record the evidence of every fault that is still in force; offline, nothing is broken."""

    def hear_adapter(self) -> None:
        """Let an adapter that has just died be heard of; offline, only its own answers are judged."""

    def check_adapter(self) -> None:
        """See that the adapter keeps to the protocol. Raises AdapterBroken."""
        self.adapter.check()

    def prove_bastions(self) -> None:
        """See that no server broke off for a reason of its own; offline there is none."""

    def prove_probes(self) -> None:
        """See that whatever came back to a probe came through the world; offline, nothing does."""

    def prove_world(self) -> None:
        """See that the world could have carried what was asked of it; offline there is none."""

    def check(self) -> None:
        """See that whatever the scenario stands on is in order. Raises AdapterBroken."""
        self.check_adapter()

    def close(self) -> None:
        """End what the scenario still holds open; offline there is nothing."""
