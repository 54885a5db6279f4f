"""Faults on nodes, each with its evidence."""

from __future__ import annotations

from harness.faults.model import Evidence, Freeze, Kill, Refuse, RotateHostKey
from harness.world import host_keys
from harness.world.docker import sshd
from harness.world.docker.bastion import Bastion
from harness.world.docker.gate import REFUSE, Gate
from harness.world.docker.installed import Installed
from harness.world.docker.probe import Probe
from harness.world.docker.toxiproxy import Toxiproxy

NodeFault = Freeze | Kill | RotateHostKey | Refuse


def inject_bastion(fault: Freeze | Kill | RotateHostKey, bastion: Bastion, relay: Toxiproxy | None) -> Installed:
    """Install a fault on a bastion that is reached through ``relay``. Raises FabricBroken."""
    match fault:
        case Freeze():
            return _freeze(bastion)
        case Kill():
            return _kill(bastion, relay)
        case RotateHostKey():
            return _rotate(bastion, fault)


def inject_target(fault: Freeze | Kill | Refuse, probe: Probe, gate: Gate, relay: Toxiproxy | None) -> Installed:
    """Install a fault on the target that is reached through ``gate`` and, where there is one, ``relay``.

    Raises FabricBroken.
    """
    match fault:
        case Freeze():
            probe.freeze()
            return Installed(lambda: _stopped({probe.process_id(): probe.state()}), probe.thaw)
        case Kill():
            return _kill_target(probe, relay)
        case Refuse():
            return _refuse(probe, gate, relay)


def _freeze(bastion: Bastion) -> Installed:
    shell = bastion.node.shell
    shell.run(sshd.signal_all("STOP"))

    def prove() -> Evidence:
        return _stopped(dict(line.split() for line in shell.run(sshd.states()) if line))

    return Installed(prove, lambda: _thaw(bastion))


def _thaw(bastion: Bastion) -> None:
    bastion.node.shell.run(sshd.signal_all("CONT"))


def _stopped(states: dict[str, str]) -> Evidence:
    shown = ", ".join(f"{pid} {state}" for pid, state in states.items())
    return Evidence(
        proven=bool(states) and set(states.values()) == {"T"},
        summary=f"states of the processes: {shown or 'none runs'}",
    )


def _kill(bastion: Bastion, relay: Toxiproxy | None) -> Installed:
    killed = " ".join(bastion.node.shell.run(sshd.stop_all())).split()
    if relay is not None:
        relay.enable(on=False)  # Toxiproxy would accept, and close, where the server's own kernel refuses

    def prove() -> Evidence:
        left = [line for line in bastion.node.shell.run(sshd.states()) if line]
        return _ended([] if left else killed, still_open=relay is not None and relay.enabled())

    def restart() -> None:
        bastion.start()
        if relay is not None:
            relay.enable(on=True)

    return Installed(prove, restart)


def _kill_target(probe: Probe, relay: Toxiproxy | None) -> Installed:
    gone = probe.process_id()
    probe.kill()
    if relay is not None:
        relay.enable(on=False)

    def restart() -> None:
        probe.start()
        if relay is not None:
            relay.enable(on=True)

    return Installed(lambda: _ended([gone] if probe.state() in {"", "Z"} else [], probe.listens()), restart)


def _ended(killed: list[str], still_open: bool) -> Evidence:
    port = "is still open" if still_open else "refuses"
    return Evidence(
        proven=bool(killed) and not still_open,
        summary=f"{len(killed)} processes gone ({', '.join(killed)}), the port {port}",
    )


def _rotate(bastion: Bastion, fault: RotateHostKey) -> Installed:
    old = bastion.setup.host_keys
    new = host_keys.rotated(old, fault)
    bastion.show(new)
    shown = bastion.shown()
    fresh = [key for key in new if key not in old]
    evidence = Evidence(
        proven={key.public for key in new} == shown,
        summary=f"sshd shows {', '.join(host_keys.fingerprint(key.public) for key in fresh)}"
        if shown
        else "sshd shows no key",
    )
    return Installed(lambda: evidence, lambda: bastion.show(old))


def _refuse(probe: Probe, gate: Gate, relay: Toxiproxy | None) -> Installed:
    probe.listen(on=False)
    if relay is not None:
        gate.install(REFUSE)  # open connections stay, which they would not if the relay were disabled

    def prove() -> Evidence:
        listens = probe.listens()
        port = "the port still listens" if listens else "nothing listens on the port"
        return Evidence(proven=not listens, summary=port)

    def listen() -> None:
        probe.listen(on=True)
        if relay is not None:
            gate.lift(REFUSE)

    return Installed(prove, listen)
