"""Faults on links, each with its evidence."""

from __future__ import annotations

from harness.errors import FabricBroken
from harness.faults.model import Cut, Evidence, Forget, LinkFault, Lose, Mtu, Oversize, Reset, Stall
from harness.world.docker.installed import Installed, lasting
from harness.world.docker.link import forget, mtu, toxics
from harness.world.docker.link import gate as gates
from harness.world.docker.link.gate import Gate
from harness.world.docker.link.toxiproxy import Toxiproxy


def inject(fault: LinkFault, gate: Gate, relay: Toxiproxy | None) -> Installed:
    """Install a fault on the link whose packets pass ``gate``; ``relay`` is its Toxiproxy, where it has one.

    Raises FabricBroken.
    """
    match fault:
        case Stall():
            return _stall(gate)
        case Reset():
            return _reset(gate)
        case Lose():
            return _lose(gate, fault.share)
        case Cut():
            return _cut_by_filter(gate) if relay is None else _cut_by_relay(gate, relay)
        case Oversize():
            return _oversize(gate, fault.size)
        case Mtu():
            return mtu.inject(gate.shell, fault.size)
    if relay is None:
        raise FabricBroken(f"{fault} needs a relay")
    if isinstance(fault, Forget):
        return forget.inject(gate, relay, fault.after)
    return toxics.inject(fault, gate, relay)


def _stall(gate: Gate) -> Installed:
    gate.install(gates.STALL)

    def prove() -> Evidence:
        dropped = gate.counted(gates.STALL)
        if dropped == 0:
            dropped = gate.knock(gates.STALL)
        return Evidence(proven=bool(dropped), summary=f"{dropped or 0} packets dropped")

    return Installed(prove, lambda: gate.lift(gates.STALL))


def _oversize(gate: Gate, size: int) -> Installed:
    barrier = gates.oversize(size)
    gate.install(barrier)

    def prove() -> Evidence:
        dropped = gate.counted(barrier)
        return Evidence(proven=bool(dropped), summary=f"{dropped or 0} packets of more than {size} bytes dropped")

    return Installed(prove, lambda: gate.lift(barrier))


def _lose(gate: Gate, share: float) -> Installed:
    there, back = gates.loss(share, relayed=gate.onward is not None)
    gate.install(there)
    gate.install(back)

    def prove() -> Evidence:
        dropped = [gate.counted(barrier) or 0 for barrier in (there, back)]
        return Evidence(proven=any(dropped), summary=f"{dropped[0]} packets dropped there, {dropped[1]} back")

    def undo() -> None:
        gate.lift(there)
        gate.lift(back)

    return Installed(prove, undo)


def _reset(gate: Gate) -> Installed:
    count = gate.reset()
    return lasting(Evidence(proven=count > 0, summary=f"{count} sockets reset"))


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
