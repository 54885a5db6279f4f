"""The faults of the docker fabric: where each can be in force, and how it gets there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from harness.faults.installed import Installed
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
from harness.world.docker.faults import bastions, links, targets
from harness.world.docker.link import forget, mtu, toxics
from harness.world.topology import Topology

if TYPE_CHECKING:
    from harness.world.docker.parts import Parts


@dataclass(frozen=True)
class Possible:
    """A fault that can be in force in ``places``; ``install`` puts it there, or raises FabricBroken."""

    places: places.Places
    install: Callable[[Parts], Installed]


def look_up(fault: Fault) -> Possible:
    """Return the row of ``fault``."""
    match fault:
        case Stall(link):
            return Possible(places.links, lambda parts: links.stall(parts.filters[link]))
        case Reset(link):
            return Possible(places.links, lambda parts: links.reset(parts.filters[link]))
        case Lose(link, share):
            return Possible(places.links, lambda parts: links.lose(parts.filters[link], share))
        case Cut(link):
            return Possible(places.links, lambda parts: links.cut(parts.filters[link], parts.relays.get(link)))
        case Oversize(link, size):
            return Possible(places.links, lambda parts: links.drop_large(parts.filters[link], size))
        case Mtu(link, size):
            return Possible(places.links, lambda parts: mtu.inject(parts.filters[link].shell, size))
        case Forget(link, after):
            return Possible(_relayed, lambda parts: forget.inject(parts.filters[link], parts.relays[link], after))
        case Latency(link) | Bandwidth(link) | Slice(link) | Limit(link) | Swallow(link):
            return Possible(_relayed, lambda parts: toxics.inject(fault, parts.filters[link], parts.relays[link]))
        case _:
            return _on_node(fault)


def _on_node(fault: NodeFault) -> Possible:
    match fault:
        case Freeze(node):
            return Possible(places.nodes, _either(node, targets.freeze, bastions.freeze))
        case Kill(node, "all"):
            return Possible(places.nodes, _either(node, targets.kill, bastions.kill))
        case Kill(node, "sessions"):
            return Possible(places.servers, partial(bastions.kill_sessions, node))
        case Kill(node):
            return Possible(places.servers, partial(bastions.kill_listener, node))
        case Refuse():
            return Possible(places.target, targets.refuse)
        case Ignore():
            return Possible(places.target, targets.ignore)
        case RotateHostKey(node):
            return Possible(places.servers, lambda parts: bastions.rotate(fault, parts.bastions[node]))
        case RevokeKey(node):
            return Possible(places.servers, lambda parts: bastions.revoke(parts.bastions[node]))


def _either(
    node: str, target: Callable[[Parts], Installed], bastion: Callable[[str, Parts], Installed]
) -> Callable[[Parts], Installed]:
    return lambda parts: target(parts) if node == parts.target else bastion(node, parts)


def _relayed(topology: Topology) -> tuple[str, ...]:
    return tuple(link.name for link in topology.links if link.service is not None)
