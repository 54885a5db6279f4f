"""Keeps worlds warm between scenarios of one process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path

from harness.errors import AdapterBroken, Failed, Inconclusive, Unsupported
from harness.world.fabric import Fabric, World
from harness.world.topology import Topology

_VERDICTS = (Failed, Unsupported, Inconclusive, AdapterBroken)


class WorldPool:
    """Hands out one world at a time for each topology, and builds it when there is none.

    A world that a scenario left in doubt (anything but a verdict passed through the lease) is not used again.
    """

    def __init__(self, fabric: Fabric, folder: Path, log: Callable[[str], None]) -> None:
        self.fabric = fabric
        self._folder = folder
        self._log = log
        self._idle: dict[str, World] = {}
        self._numbers = count()

    @contextmanager
    def lease(self, topology: Topology) -> Iterator[World]:
        """Yield a world of this topology; afterwards it is ended and kept, or closed when in doubt."""
        world = self._idle.pop(topology.name, None) or self._build(topology)
        with ExitStack() as in_doubt:
            in_doubt.callback(world.close)
            try:
                yield world
            except _VERDICTS:
                world.end()
                self._keep(world, in_doubt)
                raise
            world.end()
            self._keep(world, in_doubt)

    def _keep(self, world: World, in_doubt: ExitStack) -> None:
        self._idle[world.topology.name] = world
        in_doubt.pop_all()

    def _build(self, topology: Topology) -> World:
        folder = self._folder / f"{topology.name}-{next(self._numbers)}"
        folder.mkdir(mode=0o700, parents=True)
        return self.fabric.build(topology, folder, self._log)

    def close(self) -> None:
        """Close every world and the fabric."""
        while self._idle:
            _, world = self._idle.popitem()
            world.close()
        self.fabric.close()
