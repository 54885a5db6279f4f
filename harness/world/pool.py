"""Keeps worlds warm between scenarios of one process."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path

from harness.errors import AdapterBroken, Failed, Inconclusive, NotRun, Unsupported
from harness.world.fabric import Fabric, World
from harness.world.topology import Topology

_VERDICTS = (Failed, Unsupported, NotRun, Inconclusive, AdapterBroken)


class WorldPool:
    """Lends each world to one scenario at a time, and builds one when none of its topology is idle.

    A world that a scenario left in doubt (anything but a verdict passed through the lease) is not used again.
    Worlds may be leased from several threads.
    """

    def __init__(self, fabric: Fabric, folder: Path, log: Callable[[str], None]) -> None:
        self.fabric = fabric
        self._folder = folder
        self._log = log
        self._idle: list[World] = []
        self._numbers = count()
        self._lock = threading.Lock()

    @contextmanager
    def lease(self, topology: Topology) -> Iterator[World]:
        """Yield a world of this topology; afterwards it is ended and kept, or closed when in doubt."""
        world = self._take(topology) or self._build(topology)
        with ExitStack() as in_doubt:
            in_doubt.callback(world.close)
            try:
                yield world
            except _VERDICTS:
                self._keep(world, in_doubt)
                raise
            self._keep(world, in_doubt)

    def _take(self, topology: Topology) -> World | None:
        with self._lock:
            for world in self._idle:
                if world.topology.name == topology.name:
                    self._idle.remove(world)
                    return world
        return None

    def _keep(self, world: World, in_doubt: ExitStack) -> None:
        world.end()
        in_doubt.pop_all()
        with self._lock:
            self._idle.append(world)

    def _build(self, topology: Topology) -> World:
        folder = self._folder / f"{topology.name}-{next(self._numbers)}"
        folder.mkdir(mode=0o700, parents=True)
        return self.fabric.build(topology, folder, self._log)

    def close(self) -> None:
        """Close every world and the fabric, also where one of them does not obey. Raises FabricBroken."""
        with self._lock:
            idle, self._idle = self._idle, []
        with ExitStack() as closing:
            closing.callback(self.fabric.close)
            for world in idle:
                closing.callback(world.close)
