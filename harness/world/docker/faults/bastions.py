"""Faults on bastions, each with its evidence."""

from __future__ import annotations

from harness.faults.model import Evidence, Freeze, Kill, RevokeKey, RotateHostKey
from harness.world import host_keys
from harness.world.docker.bastion import sshd
from harness.world.docker.bastion.node import Bastion
from harness.world.docker.installed import Installed, ended, lasting, stopped
from harness.world.docker.link.gate import REFUSE, Gate
from harness.world.docker.link.toxiproxy import Toxiproxy
from harness.world.fabric import HostKey

BastionFault = Freeze | Kill | RotateHostKey | RevokeKey


def inject(fault: BastionFault, bastion: Bastion, gate: Gate, relay: Toxiproxy | None) -> Installed:
    """Install a fault on a bastion that is reached through ``gate`` and, where there is one, ``relay``.

    Raises FabricBroken.
    """
    match fault:
        case Freeze():
            return _freeze(bastion)
        case Kill(part="all"):
            return _kill(bastion, relay)
        case Kill(part="sessions"):
            return _kill_sessions(bastion)
        case Kill():
            return _kill_listener(bastion, gate)
        case RotateHostKey():
            return _rotate(bastion, fault)
        case RevokeKey():
            return _revoke(bastion)


def _freeze(bastion: Bastion) -> Installed:
    shell = bastion.node.shell
    shell.run(sshd.signal_all("STOP"))

    def prove() -> Evidence:
        return stopped(dict(line.split() for line in shell.run(sshd.states()) if line))

    def thaw() -> None:
        shell.run(sshd.signal_all("CONT"))

    return Installed(prove, thaw)


def _kill(bastion: Bastion, relay: Toxiproxy | None) -> Installed:
    killed = _words(bastion.node.shell.run(sshd.stop_all()))
    if relay is not None:
        relay.enable(on=False)  # Toxiproxy would accept, and close, where the server's own kernel refuses

    def prove() -> Evidence:
        left = [line for line in bastion.node.shell.run(sshd.states()) if line]
        return ended([] if left else killed, still_open=relay is not None and relay.enabled())

    def restart() -> None:
        bastion.start()
        if relay is not None:
            relay.enable(on=True)

    return Installed(prove, restart)


def _kill_sessions(bastion: Bastion) -> Installed:
    killed = _words(bastion.node.shell.run(sshd.end_sessions()))
    accepts = bastion.listens()
    return lasting(
        Evidence(
            proven=bool(killed) and accepts,
            summary=f"{len(killed)} processes of sessions gone ({', '.join(killed)}), "
            f"the port {'accepts' if accepts else 'does not accept'}",
        )
    )


def _kill_listener(bastion: Bastion, gate: Gate) -> Installed:
    """Kill it, and let ``gate`` refuse: a relay would accept, and disabling it would end the sessions."""
    gate.install(REFUSE)
    killed = _words(bastion.node.shell.run(sshd.stop_listener()))

    def prove() -> Evidence:
        return ended(killed, still_open=bastion.listens() or gate.counted(REFUSE) is None)

    def restart() -> None:
        bastion.start()
        gate.lift(REFUSE)

    return Installed(prove, restart)


def _rotate(bastion: Bastion, fault: RotateHostKey) -> Installed:
    old = bastion.setup.host_keys
    new = host_keys.rotated(old, fault)
    bastion.show(new)
    showed = bastion.shown()
    fresh = [key for key in new if key not in old]

    def prove() -> Evidence:
        """Look again: a later rotation may have followed, and a server that is stopped shows nothing."""
        shown = bastion.shown() or showed
        return Evidence(
            proven=showed == _public(new) and shown == _public(bastion.setup.host_keys),
            summary=f"sshd shows {', '.join(host_keys.fingerprint(key.public) for key in fresh)}"
            if showed
            else "sshd shows no key",
        )

    return Installed(prove, lambda: bastion.show(old))


def _revoke(bastion: Bastion) -> Installed:
    before = bastion.setup.authorized_keys
    bastion.authorize(())

    def prove() -> Evidence:
        left = bastion.authorized()
        return Evidence(
            proven=bool(before) and not left, summary=f"{len(left)} of {len(before)} authorized keys are in the file"
        )

    return Installed(prove, lambda: bastion.authorize(before))


def _public(keys: tuple[HostKey, ...]) -> set[str]:
    return {key.public for key in keys}


def _words(printed: list[str]) -> list[str]:
    return " ".join(printed).split()
