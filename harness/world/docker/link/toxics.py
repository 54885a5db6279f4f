"""Faults that Toxiproxy's toxics make, each measured through the same toxics or counted at the link.

Toxiproxy differs from the contract in one thing: connections that a limit finds open are limited too, counted from
the moment of the fault on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.faults.installed import Installed
from harness.faults.model import Bandwidth, Evidence, Latency, Limit, Slice, Swallow
from harness.world.docker.link.packet_filter import DATA, PacketFilter

if TYPE_CHECKING:
    from harness.world.docker.link.toxiproxy import Toxiproxy

ToxicFault = Latency | Bandwidth | Slice | Limit | Swallow
KILO = 1000
"""Toxiproxy's unit of bandwidth in bytes a second."""
LARGEST_LIMIT = 16 << 20
"""The largest limit in bytes that is measured in a few seconds."""
_PATIENCE = 30
_ANSWERS_WITHIN = 0.3  # the relay's API needs a few milliseconds


def inject(fault: ToxicFault, packet_filter: PacketFilter, relay: Toxiproxy) -> Installed:
    """Install a fault on the link of ``relay``, whose packets pass ``packet_filter``. Raises FabricBroken."""
    match fault:
        case Latency():
            return _latency(relay, fault.delay)
        case Bandwidth():
            return _bandwidth(relay, fault.rate)
        case Slice():
            return _slice(relay, fault)
        case Limit():
            return _limit(relay, fault.size)
        case Swallow():
            return _swallow(relay, packet_filter)


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
        measured = relay.measure_rate(size=rate // 2, at_most=_PATIENCE)
        return Evidence(
            proven=relay.has("bandwidth", attributes) and measured <= rate * 1.25,
            summary=f"{measured:.0f} bytes a second measured through the toxics",
        )

    return Installed(prove, lambda: relay.take("bandwidth"))


def _slice(relay: Toxiproxy, fault: Slice) -> Installed:
    attributes = {"average_size": fault.size, "size_variation": 0, "delay": round(fault.delay * 1_000_000)}
    relay.add("slicer", attributes)

    def prove() -> Evidence:
        pieces, seconds = relay.measure_pieces(fault.size, _PATIENCE)
        return Evidence(
            proven=relay.has("slicer", attributes) and seconds >= (pieces - 1) * fault.delay * 0.95,
            summary=f"{pieces} pieces took {seconds:.3f} s through the toxics",
        )

    return Installed(prove, lambda: relay.take("slicer"))


def _limit(relay: Toxiproxy, size: int) -> Installed:
    attributes = {"bytes": size}
    relay.add("limit_data", attributes, ("client",))

    def prove() -> Evidence:
        ended = relay.measure_limit(size, _PATIENCE)
        after = "does not end" if ended is None else f"ends after {ended} bytes"
        return Evidence(
            proven=relay.has("limit_data", attributes, ("client",)) and ended == size,
            summary=f"a connection through the toxics {after}",
        )

    return Installed(prove, lambda: relay.take("limit_data", ("client",)))


def _swallow(relay: Toxiproxy, packet_filter: PacketFilter) -> Installed:
    attributes = {"timeout": 0}
    relay.add("timeout", attributes)
    packet_filter.install(DATA)

    def prove() -> Evidence:
        arrived = packet_filter.counted(DATA) or 0
        silent = relay.is_silent(_ANSWERS_WITHIN)
        answer = "nothing comes" if silent else "an answer comes"
        return Evidence(
            proven=relay.has("timeout", attributes) and silent and arrived > 0,
            summary=f"{arrived} segments with data swallowed; {answer} back through the toxics",
        )

    def undo() -> None:
        packet_filter.lift(DATA)
        relay.take("timeout")

    return Installed(prove, undo)
