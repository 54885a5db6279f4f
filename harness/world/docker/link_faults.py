"""Faults on links, each with its evidence."""

from __future__ import annotations

from harness.errors import FabricBroken
from harness.faults.model import Bandwidth, Cut, Evidence, Latency, Reset, Stall
from harness.world.docker.gate import CUT, STALL, Gate
from harness.world.docker.installed import Installed, lasting
from harness.world.docker.toxiproxy import Toxiproxy

LinkFault = Cut | Stall | Reset | Latency | Bandwidth
KILO = 1000
"""Toxiproxy's unit of bandwidth in bytes a second."""


def inject(fault: LinkFault, gate: Gate, relay: Toxiproxy | None) -> Installed:
    """Install a fault on the link whose packets pass ``gate``; ``relay`` is its Toxiproxy, where it has one.

    Raises FabricBroken.
    """
    match fault:
        case Stall():
            return _stall(gate)
        case Reset():
            return _reset(gate)
        case Cut():
            return _cut_by_filter(gate) if relay is None else _cut_by_relay(gate, relay)
    if relay is None:
        raise FabricBroken(f"{fault} needs a relay")
    return _latency(relay, fault.delay) if isinstance(fault, Latency) else _bandwidth(relay, fault.rate)


def _stall(gate: Gate) -> Installed:
    gate.silence()

    def prove() -> Evidence:
        dropped = gate.stopped(STALL)
        return Evidence(proven=bool(dropped), summary=f"{dropped or 0} packets dropped")

    return Installed(prove, lambda: gate.lift(STALL))


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
    gate.refuse()
    before = gate.reset()

    def prove() -> Evidence:
        refused = gate.stopped(CUT)
        return _cut_evidence(before, gate.connections(), "still open" if refused is None else "refuses")

    return Installed(prove, lambda: gate.lift(CUT))


def _cut_evidence(before: int, left: int, port: str) -> Evidence:
    return Evidence(
        proven=left == 0 and port == "refuses",
        summary=f"{max(before - left, 0)} of {before} connections closed, the port {port}",
    )


def _latency(relay: Toxiproxy, delay: float) -> Installed:
    attributes = {"latency": round(delay * 1000), "jitter": 0}
    relay.add("latency", attributes)

    def prove() -> Evidence:
        measured = relay.measure_round_trip(at_most=4 * delay + 10)
        return Evidence(
            proven=relay.has("latency", attributes) and measured >= 2 * delay * 0.95,
            summary=f"round trip of {measured:.3f} s measured through the toxics",
        )

    return Installed(prove, lambda: relay.take("latency"))


def _bandwidth(relay: Toxiproxy, rate: int) -> Installed:
    attributes = {"rate": rate // KILO}
    relay.add("bandwidth", attributes)

    def prove() -> Evidence:
        measured = relay.measure_rate(size=rate // 2, at_most=30)
        return Evidence(
            proven=relay.has("bandwidth", attributes) and measured <= rate * 1.25,
            summary=f"{measured:.0f} bytes a second measured through the toxics",
        )

    return Installed(prove, lambda: relay.take("bandwidth"))
