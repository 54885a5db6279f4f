"""What networks and servers do to tunnels, in the words of those who report it; each is played by faults.

One class for each: its ``key`` is the word in ``network:`` of a report.
"""

from __future__ import annotations

from harness.repro.network.client import OtherEnds, Sleep, WifiChange
from harness.repro.network.event import BreakPlan, Circumstances, Event, KeepAlive, Place
from harness.repro.network.link import LoadBalancer, NatTimeout, PacketLoss, Reset, Silence, SlowLine
from harness.repro.network.login import Banner, ServerPolicy, SlowServer
from harness.repro.network.server import Flapping, Frozen, KeyRemoved, Restart

__all__ = [
    "EVENTS",
    "BreakPlan",
    "Circumstances",
    "Event",
    "KeepAlive",
    "NatTimeout",
    "Place",
    "ServerPolicy",
    "Silence",
]

EVENTS: dict[str, type[Event]] = {
    kind.key: kind
    for kind in (
        NatTimeout,
        LoadBalancer,
        WifiChange,
        Sleep,
        Restart,
        Flapping,
        Frozen,
        Silence,
        Reset,
        KeyRemoved,
        SlowLine,
        PacketLoss,
        SlowServer,
        Banner,
        OtherEnds,
    )
}
"""Every event, by its word in ``network:`` of a report."""
