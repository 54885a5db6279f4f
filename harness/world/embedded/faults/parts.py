"""The parts of a world on which the embedded fabric installs faults."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.world.embedded.bastion.machine import Bastion
    from harness.world.embedded.machines.machine import Machine
    from harness.world.embedded.machines.node import Node


@dataclass(frozen=True)
class Parts:
    """The parts of one world: ``before`` are the bastions that dial each link, ``through`` the port of each."""

    relay: Node
    bastions: Mapping[str, Bastion]
    before: Mapping[str, Sequence[Bastion]]
    machines: Mapping[str, Machine]
    through: Mapping[str, int]
