"""The nodes of a world as machines: started, frozen, killed and started again on the same port."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from harness.errors import FabricBroken
from harness.probe.setup import TargetSetup
from harness.world.fabric import TargetConnection

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from harness.world.embedded.machines.node import Node

    Launch = Callable[[Callable[[dict[str, Any]], None]], Node]


class Machine:
    """A node whose process can be frozen, killed and replaced; ``launch`` starts one and returns at once."""

    def __init__(self, name: str, launch: Launch) -> None:
        self.name = name
        self._launch = launch
        self.node = launch(self._on_event)

    @property
    def answers(self) -> bool:
        """Whether it can be asked anything now."""
        return self.node.alive and not self.node.frozen

    def check(self) -> None:
        """See that it runs and does what it is asked. Raises FabricBroken."""
        if not self.answers:
            raise FabricBroken(f"{self.name} ended or hangs, though nothing should have caused that")
        self._remember()

    def replace(self) -> None:
        """Start a new process in place of one that has ended. Raises FabricBroken."""
        self.node = self._launch(self._on_event)
        self.node.wait_ready()

    def freeze(self) -> None:
        """Stop the process, remembering what it last said. Raises FabricBroken."""
        self._remember()
        self.node.freeze()

    def kill(self) -> None:
        """End the process, remembering what it last said. Raises FabricBroken."""
        if self.answers:
            self._remember()
        self.node.kill()

    def listen(self, *, on: bool) -> None:
        """Accept connections, or let the kernel refuse them; open ones stay. Raises FabricBroken."""
        self.node.request("listen", on=on)

    def _remember(self) -> None:
        """Keep what cannot be asked soon."""

    def _on_event(self, message: dict[str, Any]) -> None:
        """Take an event."""


class ProbeTarget(Machine):
    """The probe target and the connections it accepted, over all its lives since :meth:`begin`."""

    def __init__(self, name: str, launch: Callable[[Mapping[str, Any]], Node]) -> None:
        self._past: tuple[TargetConnection, ...] = ()
        self._last: tuple[TargetConnection, ...] = ()
        self._setup = TargetSetup()
        super().__init__(name, lambda _on_event: launch(self._setup.document()))

    def begin(self, setup: TargetSetup) -> Callable[[], dict[str, Any]]:
        """Close and forget every connection, and serve by ``setup``; what is returned waits until it is so."""
        self._past = self._last = ()
        self._setup = setup
        return self.node.ask("reset", setup=setup.document())

    def kill(self) -> None:
        """End the process and its connections. Raises FabricBroken."""
        super().kill()
        self._past += tuple(replace(connection, open=False) for connection in self._last)
        self._last = ()

    def connections(self) -> tuple[TargetConnection, ...]:
        """Return what it accepted, while frozen as it was before. Raises FabricBroken."""
        if self.answers:
            self._remember()
        return self._past + self._last

    def _remember(self) -> None:
        records = self.node.request("connections")["connections"]
        self._last = tuple(TargetConnection(**record) for record in records)
