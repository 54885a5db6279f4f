"""The faults of the embedded fabric: where each can be in force, and how it gets there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from harness.faults.model import (
    Bandwidth,
    Cut,
    Fault,
    Forget,
    Freeze,
    Ignore,
    Kill,
    Latency,
    Limit,
    Lose,
    Mtu,
    NodeFault,
    Oversize,
    Refuse,
    Reset,
    RevokeKey,
    RotateHostKey,
    Slice,
    Stall,
    Swallow,
)
from harness.world import places
from harness.world.embedded.faults import keys, links, nodes

if TYPE_CHECKING:
    from harness.faults.installed import Installed
    from harness.world.embedded.faults.parts import Parts


@dataclass(frozen=True)
class Possible:
    """A fault that can be in force in ``places``; ``install`` puts it there, or raises FabricBroken."""

    places: places.Places
    install: Callable[[Parts], Installed]


@dataclass(frozen=True)
class Impossible:
    """A fault that cannot be in force, and why not."""

    why: str


def look_up(fault: Fault) -> Possible | Impossible:
    """Return the row of ``fault``."""
    match fault:
        case Lose() | Mtu():
            return Impossible("needs the docker fabric: packets")
        case Cut():
            return Possible(places.links, partial(links.cut, fault))
        case Stall():
            return Possible(places.links, partial(links.stall, fault))
        case Reset() | Latency() | Bandwidth() | Slice() | Limit() | Swallow() | Forget() | Oversize():
            return Possible(places.links, partial(links.by_relay, fault))
        case _:
            return _on_node(fault)


def _on_node(fault: NodeFault) -> Possible:
    match fault:
        case Freeze(node):
            return Possible(places.nodes, lambda parts: nodes.freeze(parts.machines[node]))
        case Kill(node, "all"):
            return Possible(places.nodes, partial(nodes.kill, node))
        case Kill(node, "sessions"):
            return Possible(places.servers, lambda parts: nodes.end_sessions(parts.bastions[node]))
        case Kill(node):
            return Possible(places.servers, partial(nodes.refuse, node))
        case Refuse(node):
            return Possible(places.nodes, partial(nodes.refuse, node))
        case Ignore(node):
            return Possible(places.target, partial(nodes.ignore, node))
        case RotateHostKey(node):
            return Possible(places.servers, lambda parts: keys.rotate(fault, parts.bastions[node]))
        case RevokeKey(node):
            return Possible(places.servers, lambda parts: keys.revoke(parts.bastions[node]))
