"""Faults on the target, each with its evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.faults.installed import Installed
from harness.faults.model import Evidence
from harness.world.docker.faults.processes import ended, stopped
from harness.world.docker.link.packet_filter import IGNORE, REFUSE

if TYPE_CHECKING:
    from harness.world.docker.parts import Parts


def freeze(parts: Parts) -> Installed:
    """Stop the target's process. Raises FabricBroken."""
    probe = parts.probe
    probe.freeze()
    return Installed(lambda: stopped({probe.process_id(): probe.state()}), probe.thaw)


def kill(parts: Parts) -> Installed:
    """End the target's process; its port refuses. Raises FabricBroken."""
    probe, (_, relay) = parts.probe, parts.way_to(parts.target)
    gone = probe.process_id()
    probe.kill()
    if relay is not None:
        relay.enable(on=False)

    def restart() -> None:
        probe.start()
        if relay is not None:
            relay.enable(on=True)

    def prove() -> Evidence:
        still_open = probe.listens() or (relay is not None and relay.enabled())
        return ended([gone] if probe.is_gone() else [], still_open=still_open)

    return Installed(prove, restart)


def refuse(parts: Parts) -> Installed:
    """Let the target listen no longer; its open connections stay. Raises FabricBroken."""
    probe, (packet_filter, relay) = parts.probe, parts.way_to(parts.target)
    probe.listen(on=False)
    if relay is not None:
        packet_filter.install(REFUSE)  # open connections stay, which they would not if the relay were disabled

    def prove() -> Evidence:
        listens, answer = probe.listens(), parts.dial_target()
        port = "the port still listens" if listens else "nothing listens on the port"
        return Evidence(
            proven=not listens and answer == "Connection refused", summary=f"{port}; the bastion tried and got {answer}"
        )

    def listen() -> None:
        probe.listen(on=True)
        if relay is not None:
            packet_filter.lift(REFUSE)

    return Installed(prove, listen)


def ignore(parts: Parts) -> Installed:
    """Let the target not answer new connections. Raises FabricBroken."""
    packet_filter, _ = parts.way_to(parts.target)
    packet_filter.install(IGNORE)

    def prove() -> Evidence:
        before = packet_filter.counted(IGNORE) or 0
        answer = parts.dial_target()
        dropped = packet_filter.counted(IGNORE) or 0
        return Evidence(
            proven=dropped > before and answer == "no answer",
            summary=f"{dropped} SYNs dropped; the bastion tried and got {answer}",
        )

    return Installed(prove, lambda: packet_filter.lift(IGNORE))
