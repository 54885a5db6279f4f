"""``at`` of a scenario file: one case for each server that the tunnel passes, so that nobody writes it three times."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from harness.world.topology import topologies

EACH = "each hop"


@dataclass(frozen=True)
class Hop:
    """A server on the route, and what the variables of a file stand for there: its name, its link, its number."""

    node: str
    number: int

    @property
    def variables(self) -> Mapping[str, Any]:
        """Return ``$node``, ``$link`` (the way to it) and ``$hop`` (counted from 0, as adapters count)."""
        return {"node": self.node, "link": f"to-{self.node}", "hop": self.number}


def hops(wanted: object, topology: object) -> tuple[Hop, ...]:
    """Return the hops that ``at`` means: ``each hop`` of the topology's route, or a list of some of its bastions.

    Raises ValueError, saying what may be written.
    """
    known = topologies().get(str(topology))
    if known is None:
        raise ValueError("at needs a topology; name one")
    route = {node: Hop(node, number) for number, node in enumerate(known.bastions)}
    if wanted == EACH:
        return tuple(route.values())
    if not isinstance(wanted, list) or not wanted or not all(node in route for node in wanted):
        raise ValueError(f"at is `{EACH}`, or a list of bastions that the tunnel passes: {', '.join(route)}")
    return tuple(route[node] for node in wanted)
