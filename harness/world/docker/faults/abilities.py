"""What the docker fabric can break, and why it cannot break the rest."""

from __future__ import annotations

from functools import partial

from harness.faults.model import Bandwidth, Fault, Kill, Limit, LinkFault, Mtu, Oversize, subject
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
from harness.world.docker.faults.table import look_up
from harness.world.docker.link import mtu
from harness.world.docker.link.toxics import KILO, LARGEST_LIMIT
from harness.world.docker.plan import plan
from harness.world.topology import Topology


def missing(topology: Topology, needs: frozenset[FabricNeed]) -> str | None:
    """Return why a scenario with these needs can never run here, or None."""
    return first_unmet(needs, partial(_why_not, topology))


def _why_not(topology: Topology, need: FabricNeed) -> str | None:
    match need:
        case NeedsFault(fault):
            return why_not(topology, fault)
        case NeedsTraffic(link) if link not in (each.name for each in topology.links):
            return f"{topology.name} has no link {link}"
        case NeedsDatabase(engine) if engine not in topology.databases:
            return f"{topology.name} has no {engine}"
        case NeedsServer(node, server) if plan(topology).has_pam(node):
            return f"{node} of {topology.name} has PAM, and no {server}"
        case NeedsServer() | NeedsTraffic() | NeedsDatabase() | NeedsTargetSocket() | NeedsUsualPort():
            return None


def why_not(topology: Topology, fault: Fault) -> str | None:
    """Return why this very fault cannot be done, or None."""
    return _impossible(topology, fault) or _misplaced(topology, fault)


def _impossible(topology: Topology, fault: Fault) -> str | None:
    match fault:
        case Bandwidth(rate=rate) if rate < KILO:
            return f"Toxiproxy cannot go below {KILO} bytes a second"
        case Limit(size=size) if size > LARGEST_LIMIT:
            return f"a limit above {LARGEST_LIMIT} bytes takes too long to measure"
        case Oversize(size=size) if size >= mtu.USUAL:
            return f"no packet carries more than {mtu.USUAL} bytes"
        case Mtu(size=size) if not mtu.SMALLEST <= size <= mtu.USUAL:
            return f"an interface carries {mtu.SMALLEST} to {mtu.USUAL} bytes"
        case Kill(node, part) if part != "all" and node == topology.target:
            return "the target has one process only; kill all of it, or let it refuse"
        case _:
            return None


def _misplaced(topology: Topology, fault: Fault) -> str | None:
    name, places = subject(fault), look_up(fault).places(topology)
    if name in places:
        return None
    if isinstance(fault, LinkFault) and name in (link.name for link in topology.links):
        return f"{fault.kind} needs a relay, and {name} of {topology.name} has none"
    return f"{fault.kind} works only on {', '.join(places)} of {topology.name} on the docker fabric, not on {name}"
