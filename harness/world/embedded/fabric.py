"""The embedded fabric: needs nothing but Python packages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.errors import FabricBroken
from harness.world.embedded.faults.abilities import refusal
from harness.world.embedded.world import EmbeddedWorld

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from harness.run import Run
    from harness.world.topology import Topology


class EmbeddedFabric:
    """Fulfils :class:`harness.world.fabric.Fabric`: nodes are processes of this machine, on loopback only."""

    name = "embedded"

    def __init__(self, run: Run) -> None:
        self._run = run
        self._worlds: list[EmbeddedWorld] = []

    def missing(self, topology: Topology, needs: frozenset[str]) -> str | None:
        """Return why a scenario with these needs cannot run here, or None."""
        return why_not(topology, needs)

    def build(self, topology: Topology, folder: Path, log: Callable[[str], None]) -> EmbeddedWorld:  # noqa: ARG002 -- processes need no folder
        """Start the nodes of ``topology``, in parallel. Raises FabricBroken."""
        try:
            world = EmbeddedWorld(topology, self._run.environment, log)
        except OSError as error:
            raise FabricBroken(f"cannot start the nodes of {topology.name}: {error}") from error
        self._worlds.append(world)
        return world

    def close(self) -> None:
        """Close every world; a second call does nothing."""
        while self._worlds:
            self._worlds.pop().close()


def why_not(topology: Topology, needs: frozenset[str]) -> str | None:
    """Return why this fabric can never run a scenario with ``needs`` (see Fabric.missing), or None."""
    for need in sorted(needs):
        what, _, detail = need.partition(":")
        if what in {"traffic", "target-socket"}:
            continue
        if what == "port-22":
            return "needs the docker fabric: servers at port 22"
        if what == "database":
            return "needs the docker fabric: a real database"
        kind, _, name = detail.partition(":")
        if reason := refusal(kind, name, topology):
            return reason
    return None
