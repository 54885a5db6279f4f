"""``at`` of a scenario file: one case for each server that the tunnel passes, so that nobody writes it three times."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from harness.world.topology import Topology, topologies

EACH = "each hop"


@dataclass(frozen=True)
class Hop:
    """A server on the route of a topology, and what the variables of a file stand for there; counted from 0."""

    topology: Topology
    number: int

    @property
    def node(self) -> str:
        """Return the server's name."""
        return self.topology.bastions[self.number]

    @property
    def variables(self) -> Mapping[str, Any]:
        """Return ``$node``, ``$link`` (the way to it), ``$hop`` (its number), and what is at the ends of its route.

        These are ``$first``, ``$first_link`` and ``$last``.
        """
        first, last = self.topology.bastions[0], self.topology.bastions[-1]
        ends = {"first": first, "first_link": f"to-{first}", "last": last}
        return {"node": self.node, "link": f"to-{self.node}", "hop": self.number, **ends}


def hops(wanted: object, topology: object) -> tuple[Hop, ...]:
    """Return the hops that ``at`` means: ``each hop`` of the topology's route, or a list of bastions.

    One that is not on the route brings the topology on whose route it is, such as the middle one of three. Raises
    ValueError, saying what may be written.
    """
    known = topologies().get(str(topology))
    if known is None:
        raise ValueError("at needs a topology; name one")
    if wanted == EACH:
        return _route(known)
    found = {hop.node: hop for one in (*topologies().values(), known) for hop in _route(one)}
    if not isinstance(wanted, list) or not wanted or not all(node in found for node in wanted):
        raise ValueError(f"at is `{EACH}`, or a list of bastions that a tunnel passes: {', '.join(found)}")
    return tuple(found[node] for node in wanted)


def _route(topology: Topology) -> tuple[Hop, ...]:
    return tuple(Hop(topology, number) for number in range(len(topology.bastions)))
