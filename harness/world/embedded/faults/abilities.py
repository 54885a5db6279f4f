"""What the embedded fabric can break, and why it cannot break the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.faults.model import Fault, Kill, subject

if TYPE_CHECKING:
    from harness.world.topology import Topology

_OF_LINKS = (
    "cut",
    "stall",
    "reset",
    "latency",
    "bandwidth",
    "slice",
    "limit",
    "swallow",
    "forget",
    "oversize",
)
_OF_PACKETS = ("lose", "mtu")


def kind_of(fault: Fault) -> str:
    """Return the fault's kind, in lower case."""
    return type(fault).__name__.lower()


def refusal(kind: str, name: str, topology: Topology) -> str | None:
    """Return why a fault of ``kind`` on the link or node ``name`` is impossible, or None."""
    where = {
        **dict.fromkeys(_OF_LINKS, tuple(link.name for link in topology.links)),
        **dict.fromkeys(("freeze", "kill", "refuse"), topology.nodes),
        **dict.fromkeys(("rotatehostkey", "revokekey"), topology.servers),
        "ignore": (topology.target,),
    }
    if kind in _OF_PACKETS:
        return "needs the docker fabric: packets"
    if kind not in where:
        return f"the embedded fabric cannot {kind}"
    if name not in where[kind]:
        return f"the embedded fabric can {kind} only {', '.join(where[kind])} in {topology.name}, not {name}"
    return None


def refusal_of(fault: Fault, topology: Topology) -> str | None:
    """Return why ``fault`` is impossible, or None; it says more of a fault than its kind and where it strikes."""
    match fault:
        case Kill(node, "sessions" | "listener" as part) if node not in topology.servers:
            servers = ", ".join(topology.servers)
            return f"the embedded fabric can kill the {part} only of {servers} in {topology.name}, not of {node}"
        case _:
            return refusal(kind_of(fault), subject(fault), topology)
