"""What the embedded fabric can break, and why it cannot break the rest."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from harness.faults.model import Fault, Freeze, Ignore, Kill, Lose, Mtu, Refuse, RevokeKey, RotateHostKey, subject
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
    match fault:
        case Lose() | Mtu():
            return "needs the docker fabric: packets"
        case Kill(part="sessions" | "listener"):
            places = topology.servers
        case RotateHostKey() | RevokeKey():
            places = topology.servers
        case Ignore():
            places = (topology.target,)
        case Freeze() | Kill() | Refuse():
            places = topology.nodes
        case _:
            places = tuple(link.name for link in topology.links)
    if subject(fault) in places:
        return None
    part = f" the {fault.part}" if isinstance(fault, Kill) and fault.part != "all" else ""
    of = " of" if part else ""
    here = f"only{of} {', '.join(places)} in {topology.name}"
    return f"the embedded fabric can {fault.kind}{part} {here}, not{of} {subject(fault)}"
