"""The embedded fabric: needs nothing but Python packages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.errors import FabricBroken
from harness.world.embedded.faults.abilities import missing
from harness.world.embedded.world import EmbeddedWorld

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from harness.faults.needs import FabricNeed
    from harness.run import Run
    from harness.world.topology import Topology


class EmbeddedFabric:
    """Fulfils :class:`harness.world.fabric.Fabric`: nodes are processes of this machine, on loopback only."""

    name = "embedded"

    def __init__(self, run: Run) -> None:
        self._run = run
        self._worlds: list[EmbeddedWorld] = []

    def missing(self, topology: Topology, needs: frozenset[FabricNeed]) -> str | None:
        """Return why a scenario with these needs cannot run here, or None."""
        return missing(topology, needs)

    def build(self, topology: Topology, folder: Path, log: Callable[[str], None]) -> EmbeddedWorld:
        """Start the nodes of ``topology``, in parallel. Raises FabricBroken."""
        try:
            # asyncssh looks for libraries with a compiler's help, whose files a node that is killed leaves behind
            environment = {**self._run.environment, "TMPDIR": str(folder)}
            world = EmbeddedWorld(topology, environment, log)
        except OSError as error:
            raise FabricBroken(f"cannot start the nodes of {topology.name}: {error}") from error
        self._worlds.append(world)
        return world

    def close(self) -> None:
        """Close every world; a second call does nothing."""
        while self._worlds:
            self._worlds.pop().close()
