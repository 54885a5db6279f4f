"""Faults on the target, each with its evidence."""

from __future__ import annotations

from collections.abc import Callable

from harness.faults.model import Evidence, Freeze, Ignore, Kill, Refuse
from harness.world.docker.installed import Installed, ended, stopped
from harness.world.docker.link.gate import IGNORE, REFUSE, Gate
from harness.world.docker.link.toxiproxy import Toxiproxy
from harness.world.docker.target.probe import Probe

TargetFault = Freeze | Kill | Refuse | Ignore


def inject(
    fault: TargetFault, probe: Probe, gate: Gate, relay: Toxiproxy | None, knock: Callable[[], str]
) -> Installed:
    """Install a fault on the target that is reached through ``gate`` and, where there is one, ``relay``.

    ``knock`` tries a connection as the last bastion does and tells what came of it. Raises FabricBroken.
    """
    match fault:
        case Freeze():
            probe.freeze()
            return Installed(lambda: stopped({probe.process_id(): probe.state()}), probe.thaw)
        case Kill():
            return _kill(probe, relay)
        case Refuse():
            return _refuse(probe, gate, relay, knock)
        case Ignore():
            return _ignore(gate, knock)


def _kill(probe: Probe, relay: Toxiproxy | None) -> Installed:
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
        return ended([gone] if probe.state() in {"", "Z"} else [], still_open=still_open)

    return Installed(prove, restart)


def _refuse(probe: Probe, gate: Gate, relay: Toxiproxy | None, knock: Callable[[], str]) -> Installed:
    probe.listen(on=False)
    if relay is not None:
        gate.install(REFUSE)  # open connections stay, which they would not if the relay were disabled

    def prove() -> Evidence:
        listens, answer = probe.listens(), knock()
        port = "the port still listens" if listens else "nothing listens on the port"
        return Evidence(
            proven=not listens and answer == "Connection refused", summary=f"{port}; the bastion tried and got {answer}"
        )

    def listen() -> None:
        probe.listen(on=True)
        if relay is not None:
            gate.lift(REFUSE)

    return Installed(prove, listen)


def _ignore(gate: Gate, knock: Callable[[], str]) -> Installed:
    gate.install(IGNORE)

    def prove() -> Evidence:
        before = gate.counted(IGNORE) or 0
        answer = knock()
        dropped = gate.counted(IGNORE) or 0
        return Evidence(
            proven=dropped > before and answer == "no answer",
            summary=f"{dropped} SYNs dropped; the bastion tried and got {answer}",
        )

    return Installed(prove, lambda: gate.lift(IGNORE))
