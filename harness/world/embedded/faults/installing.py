"""Puts faults in force on the parts of an embedded world."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from harness.errors import FabricBroken
from harness.faults.model import (
    ActiveFault,
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
from harness.world.embedded.faults.keys import RevokedKeys, RotatedHostKeys
from harness.world.embedded.faults.links import CutLink, LinkFault, StalledLink
from harness.world.embedded.faults.nodes import EndedSessions, Frozen, Ignored, Killed, Refused

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harness.world.embedded.bastion.machine import Bastion
    from harness.world.embedded.machines.machine import Machine
    from harness.world.embedded.machines.node import Node


@dataclass(frozen=True)
class Parts:
    """What faults strike: ``before`` are the bastions that dial each link, ``through`` the port of each."""

    relay: Node
    bastions: Mapping[str, Bastion]
    before: Mapping[str, Sequence[Bastion]]
    machines: Mapping[str, Machine]
    through: Mapping[str, int]


def install(fault: Fault, parts: Parts) -> ActiveFault:
    """Break something that can be broken. Raises FabricBroken."""
    match fault:
        case Cut(link):
            return CutLink(parts.relay, link, parts.through[link])
        case Stall(link):
            return StalledLink(parts.relay, link, parts.before[link], parts.through[link])
        case Reset() | Latency() | Bandwidth() | Slice() | Limit() | Swallow() | Forget() | Oversize():
            arguments = asdict(fault)
            return LinkFault(parts.relay, arguments.pop("link"), fault.kind, arguments)
        case Lose(link) | Mtu(link):
            raise FabricBroken(f"packets of {link} cannot be touched on the embedded fabric")
        case _:
            return _install_on_node(fault, parts)


def _install_on_node(fault: NodeFault, parts: Parts) -> ActiveFault:
    match fault:
        case Freeze(node):
            return Frozen(parts.machines[node])
        case Kill(node, "sessions"):
            return EndedSessions(parts.bastions[node])
        case Kill(node, "all"):
            link = f"to-{node}"
            return Killed(parts.machines[node], parts.relay, link, parts.through[link])
        case Kill(node) | Refuse(node):
            link = f"to-{node}"
            return Refused(parts.machines[node], parts.relay, link, parts.through[link])
        case RotateHostKey(node):
            return RotatedHostKeys(parts.bastions[node], fault)
        case RevokeKey(node):
            return RevokedKeys(parts.bastions[node])
        case Ignore(node):
            return Ignored(node, parts.before[f"to-{node}"], parts.through[f"to-{node}"])
