"""The docker fabric: real OpenSSH, real Toxiproxy, real databases, in containers of this run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from harness.faults.needs import FabricNeed
from harness.run import Run
from harness.world.docker.engine import client
from harness.world.docker.faults.abilities import missing
from harness.world.docker.releases import DEFAULT, Release
from harness.world.docker.world import DockerWorld
from harness.world.topology import Topology


class DockerFabric:
    """Fulfils :class:`harness.world.fabric.Fabric`.

    Bastions have OpenSSH of ``release``. Removes what dead runs of this machine left. Raises FabricBroken when no
    engine answers.
    """

    name = "docker"

    def __init__(self, run: Run, release: Release = DEFAULT) -> None:
        self._run = run
        self._release = release
        self._client = client.connect()
        self._closed = False
        client.remove_dead(self._client)

    def missing(self, topology: Topology, needs: frozenset[FabricNeed]) -> str | None:
        """Return why a scenario with ``needs`` cannot run here, or None."""
        return missing(topology, needs)

    def build(self, topology: Topology, folder: Path, log: Callable[[str], None]) -> DockerWorld:  # noqa: ARG002 -- files live in the containers
        """Build a world, and the images first where they are missing. Raises FabricBroken."""
        return DockerWorld(self._client, self._run, topology, log, self._release)

    def close(self) -> None:
        """Remove everything of this run; a second call does nothing."""
        if self._closed:
            return
        self._closed = True
        try:
            client.remove_run(self._client, self._run.name)
        finally:
            self._client.close()
