"""What the embedded fabric can break, and why it cannot break the rest."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from harness.faults.model import Fault, Kill, subject
from harness.faults.needs import (
    FabricNeed,
    NeedsDatabase,
    NeedsFault,
    NeedsServer,
    NeedsTargetSocket,
    NeedsTraffic,
    NeedsUsualPort,
    first_unmet,
)
from harness.world.embedded.faults.table import Impossible, Possible, look_up

if TYPE_CHECKING:
    from harness.world.topology import Topology


def missing(topology: Topology, needs: frozenset[FabricNeed]) -> str | None:
    """Return why a scenario with these needs can never run here, or None."""
    return first_unmet(needs, partial(_why_not, topology))


def _why_not(topology: Topology, need: FabricNeed) -> str | None:
    match need:
        case NeedsFault(fault):
            return why_not(topology, fault)
        case NeedsUsualPort():
            return "needs the docker fabric: servers at port 22"
        case NeedsServer(server=server):
            return f"needs the docker fabric: {server} as a server"
        case NeedsDatabase():
            return "needs the docker fabric: a real database"
        case NeedsTraffic() | NeedsTargetSocket():
            return None


def why_not(topology: Topology, fault: Fault) -> str | None:
    """Return why this very fault cannot be done, or None."""
    row = find(topology, fault)
    return row.why if isinstance(row, Impossible) else None


def find(topology: Topology, fault: Fault) -> Possible | Impossible:
    """Return how this very fault is put in force, or why it cannot be."""
    row = look_up(fault)
    if isinstance(row, Impossible) or subject(fault) in (places := row.places(topology)):
        return row
    what = f"{fault.kind} of the {fault.part}" if isinstance(fault, Kill) and fault.part != "all" else fault.kind
    here = f"{', '.join(places)} of {topology.name}"
    return Impossible(f"{what} works only on {here} on the embedded fabric, not on {subject(fault)}")
