"""Faults on links, each with its evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.faults.installed import Installed, lasting
from harness.faults.model import Evidence
from harness.world.docker.link import gate as gates
from harness.world.docker.link.gate import Gate

if TYPE_CHECKING:
    from harness.world.docker.link.toxiproxy import Toxiproxy


def stall(gate: Gate) -> Installed:
    """Drop all packets. Raises FabricBroken."""
    gate.install(gates.STALL)

    def prove() -> Evidence:
        dropped = gate.counted(gates.STALL)
        if dropped == 0:
            dropped = gate.provoke(gates.STALL)
        return Evidence(proven=bool(dropped), summary=f"{dropped or 0} packets dropped")

    return Installed(prove, lambda: gate.lift(gates.STALL))


def drop_large(gate: Gate, size: int) -> Installed:
    """Drop packets of more than ``size`` bytes. Raises FabricBroken."""
    barrier = gates.oversize(size)
    gate.install(barrier)

    def prove() -> Evidence:
        dropped = gate.counted(barrier)
        return Evidence(proven=bool(dropped), summary=f"{dropped or 0} packets of more than {size} bytes dropped")

    return Installed(prove, lambda: gate.lift(barrier))


def lose(gate: Gate, share: float) -> Installed:
    """Drop a ``share`` of the packets, both ways. Raises FabricBroken."""
    there, back = gates.loss(share, relayed=gate.onward is not None)
    gate.install(there)
    gate.install(back)

    def prove() -> Evidence:
        dropped = [gate.counted(barrier) or 0 for barrier in (there, back)]
        return Evidence(
            proven=any(dropped),
            summary=f"{dropped[0]} packets dropped towards the server, {dropped[1]} towards the client",
        )

    def undo() -> None:
        gate.lift(there)
        gate.lift(back)

    return Installed(prove, undo)


def reset(gate: Gate) -> Installed:
    """Reset the connections that are open; new ones are welcome. Raises FabricBroken."""
    count = gate.reset()
    return lasting(Evidence(proven=count > 0, summary=f"{count} sockets reset"))


def cut(gate: Gate, relay: Toxiproxy | None) -> Installed:
    """Close what is open and refuse what is new, by the relay where the link has one. Raises FabricBroken."""
    return _cut_by_filter(gate) if relay is None else _cut_by_relay(gate, relay)


def _cut_by_relay(gate: Gate, relay: Toxiproxy) -> Installed:
    before = gate.connections()
    relay.enable(on=False)

    def prove() -> Evidence:
        left, listens = gate.connections(), gate.listens()
        return _cut_evidence(before, left, "refuses" if not listens else "still listens")

    return Installed(prove, lambda: relay.enable(on=True))


def _cut_by_filter(gate: Gate) -> Installed:
    gate.install(gates.CUT)
    before = gate.reset()

    def prove() -> Evidence:
        refused = gate.counted(gates.CUT)
        return _cut_evidence(before, gate.connections(), "still open" if refused is None else "refuses")

    return Installed(prove, lambda: gate.lift(gates.CUT))


def _cut_evidence(before: int, left: int, port: str) -> Evidence:
    return Evidence(
        proven=left == 0 and port == "refuses",
        summary=f"{max(before - left, 0)} of {before} connections closed, the port {port}",
    )
