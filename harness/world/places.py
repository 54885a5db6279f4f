"""The places of a topology where a fault can be in force, on either fabric."""

from __future__ import annotations

from collections.abc import Callable

from harness.world.topology import Topology

Places = Callable[[Topology], tuple[str, ...]]


def links(topology: Topology) -> tuple[str, ...]:
    """Every link."""
    return tuple(link.name for link in topology.links)


def nodes(topology: Topology) -> tuple[str, ...]:
    """Every server, and the target."""
    return topology.nodes


def servers(topology: Topology) -> tuple[str, ...]:
    """Every SSH server."""
    return topology.servers


def target(topology: Topology) -> tuple[str, ...]:
    """The target alone."""
    return (topology.target,)
