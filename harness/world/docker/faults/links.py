"""Faults on links, each with its evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.faults.installed import Installed, lasting
from harness.faults.model import Evidence
from harness.world.docker.link import packet_filter as chains
from harness.world.docker.link.packet_filter import PacketFilter

if TYPE_CHECKING:
    from harness.world.docker.link.toxiproxy import Toxiproxy


def stall(packet_filter: PacketFilter) -> Installed:
    """Drop all packets. Raises FabricBroken."""
    packet_filter.install(chains.STALL)

    def prove() -> Evidence:
        dropped = packet_filter.counted(chains.STALL)
        if dropped == 0:
            dropped = packet_filter.provoke(chains.STALL)
        return Evidence(proven=bool(dropped), summary=f"{dropped or 0} packets dropped")

    return Installed(prove, lambda: packet_filter.lift(chains.STALL))


def drop_large(packet_filter: PacketFilter, size: int) -> Installed:
    """Drop packets of more than ``size`` bytes. Raises FabricBroken."""
    chain = chains.oversize(size)
    packet_filter.install(chain)

    def prove() -> Evidence:
        dropped = packet_filter.counted(chain)
        return Evidence(proven=bool(dropped), summary=f"{dropped or 0} packets of more than {size} bytes dropped")

    return Installed(prove, lambda: packet_filter.lift(chain))


def lose(packet_filter: PacketFilter, share: float) -> Installed:
    """Drop a ``share`` of the packets, both ways. Raises FabricBroken."""
    to_server, to_client = chains.loss(share, relayed=packet_filter.onward is not None)
    packet_filter.install(to_server)
    packet_filter.install(to_client)

    def prove() -> Evidence:
        dropped = [packet_filter.counted(chain) or 0 for chain in (to_server, to_client)]
        return Evidence(
            proven=any(dropped),
            summary=f"{dropped[0]} packets dropped towards the server, {dropped[1]} towards the client",
        )

    def undo() -> None:
        packet_filter.lift(to_server)
        packet_filter.lift(to_client)

    return Installed(prove, undo)


def reset(packet_filter: PacketFilter) -> Installed:
    """Reset the connections that are open; new ones are welcome. Raises FabricBroken."""
    count = packet_filter.reset()
    return lasting(Evidence(proven=count > 0, summary=f"{count} sockets reset"))


def cut(packet_filter: PacketFilter, relay: Toxiproxy | None) -> Installed:
    """Close what is open and refuse what is new, by the relay where the link has one. Raises FabricBroken."""
    return _cut_by_filter(packet_filter) if relay is None else _cut_by_relay(packet_filter, relay)


def _cut_by_relay(packet_filter: PacketFilter, relay: Toxiproxy) -> Installed:
    before = packet_filter.connections()
    relay.enable(on=False)

    def prove() -> Evidence:
        left, listens = packet_filter.connections(), packet_filter.listens()
        return _cut_evidence(before, left, "refuses" if not listens else "still listens")

    return Installed(prove, lambda: relay.enable(on=True))


def _cut_by_filter(packet_filter: PacketFilter) -> Installed:
    packet_filter.install(chains.CUT)
    before = packet_filter.reset()

    def prove() -> Evidence:
        refused = packet_filter.counted(chains.CUT)
        return _cut_evidence(before, packet_filter.connections(), "still open" if refused is None else "refuses")

    return Installed(prove, lambda: packet_filter.lift(chains.CUT))


def _cut_evidence(before: int, left: int, port: str) -> Evidence:
    return Evidence(
        proven=left == 0 and port == "refuses",
        summary=f"{max(before - left, 0)} of {before} connections closed, the port {port}",
    )
