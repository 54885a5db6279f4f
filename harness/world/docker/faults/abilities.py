"""What the docker fabric can break, and why not the rest."""

from __future__ import annotations

from harness.faults.model import Bandwidth, Fault, Kill, Limit, Mtu, Oversize, subject
from harness.world.docker.link import mtu
from harness.world.docker.link.toxics import KILO, LARGEST_LIMIT
from harness.world.topology import Topology

_ON_LINKS = ("cut", "stall", "reset", "lose", "oversize", "mtu")
_ON_RELAYS = ("latency", "bandwidth", "slice", "limit", "swallow", "forget")
_ON_NODES = ("freeze", "kill")


def why_not(topology: Topology, kind: str, name: str) -> str | None:
    """Return why a fault of ``kind`` (in lower case) on the link or node ``name`` cannot be done, or None."""
    relayed = [link.name for link in topology.links if link.service is not None]
    places: dict[str, tuple[str, ...]] = {
        **dict.fromkeys(_ON_LINKS, tuple(link.name for link in topology.links)),
        **dict.fromkeys(_ON_RELAYS, tuple(relayed)),
        **dict.fromkeys(_ON_NODES, topology.nodes),
        "rotatehostkey": topology.servers,
        "revokekey": topology.servers,
        "refuse": (topology.target,),
        "ignore": (topology.target,),
    }
    if kind not in places:
        return f"the docker fabric has no fault {kind!r}"
    if name in places[kind]:
        return None
    if kind in _ON_RELAYS and name in places["cut"]:
        return f"{kind} needs a relay, and {name} of {topology.name} has none; it has {', '.join(_ON_LINKS)}"
    return f"{kind} works on {', '.join(places[kind])} of {topology.name}, not on {name}"


def why_not_fault(topology: Topology, fault: Fault) -> str | None:
    """Return why this very fault cannot be done, or None."""
    if isinstance(fault, Bandwidth) and fault.rate < KILO:
        return f"Toxiproxy cannot go below {KILO} bytes a second"
    if isinstance(fault, Limit) and fault.size > LARGEST_LIMIT:
        return f"a limit above {LARGEST_LIMIT} bytes takes too long to measure"
    if isinstance(fault, Oversize) and fault.size >= mtu.USUAL:
        return f"no packet carries more than {mtu.USUAL} bytes"
    if isinstance(fault, Mtu) and not mtu.SMALLEST <= fault.size <= mtu.USUAL:
        return f"an interface carries {mtu.SMALLEST} to {mtu.USUAL} bytes"
    if isinstance(fault, Kill) and fault.part != "all" and fault.node == topology.target:
        return "the target has one process only; kill all of it, or let it refuse"
    return why_not(topology, type(fault).__name__.lower(), subject(fault))


def why_not_need(topology: Topology, need: str) -> str | None:
    """Return why a need of a scenario (see Fabric.missing) cannot be met, or None."""
    match need.split(":"):
        case ["fault", kind, name]:
            return why_not(topology, kind, name)
        case ["traffic", link] if link in (each.name for each in topology.links):
            return None
        case ["traffic", link]:
            return f"{topology.name} has no link {link}"
        case ["target-socket"] | ["port-22"]:
            return None
        case ["database", engine] if engine in topology.databases:
            return None
        case ["database", engine]:
            return f"{topology.name} has no {engine}"
        case _:
            return f"the docker fabric does not know the need {need!r}"
