"""Faults on bastions, each with its evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.faults.installed import Installed, lasting
from harness.faults.model import Evidence, RotateHostKey
from harness.world import host_keys
from harness.world.docker.bastion import sshd
from harness.world.docker.faults.processes import ended, stopped
from harness.world.docker.link.packet_filter import REFUSE
from harness.world.fabric import HostKey

if TYPE_CHECKING:
    from harness.world.docker.bastion.node import Bastion
    from harness.world.docker.parts import Parts


def freeze(node: str, parts: Parts) -> Installed:
    """Stop every process of sshd. Raises FabricBroken."""
    shell = parts.bastions[node].node.shell
    shell.run(sshd.signal_all("STOP"))

    def prove() -> Evidence:
        return stopped(dict(line.split() for line in shell.run(sshd.states()) if line))

    def thaw() -> None:
        shell.run(sshd.signal_all("CONT"))

    return Installed(prove, thaw)


def kill(node: str, parts: Parts) -> Installed:
    """Kill every process of sshd; its port refuses. Raises FabricBroken."""
    bastion, (_, relay) = parts.bastions[node], parts.way_to(node)
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


def kill_sessions(node: str, parts: Parts) -> Installed:
    """Kill the processes of sessions; sshd goes on listening. Raises FabricBroken."""
    bastion = parts.bastions[node]
    killed = _words(bastion.node.shell.run(sshd.end_sessions()))
    accepts = bastion.listens()
    return lasting(
        Evidence(
            proven=bool(killed) and accepts,
            summary=f"{len(killed)} processes of sessions gone ({', '.join(killed)}), "
            f"the port {'accepts' if accepts else 'does not accept'}",
        )
    )


def kill_listener(node: str, parts: Parts) -> Installed:
    """Kill what listens; sessions go on. Raises FabricBroken.

    The packet filter refuses: a relay would accept, and disabling it would end the sessions.
    """
    bastion, (packet_filter, _) = parts.bastions[node], parts.way_to(node)
    packet_filter.install(REFUSE)
    killed = _words(bastion.node.shell.run(sshd.stop_listener()))

    def prove() -> Evidence:
        return ended(killed, still_open=bastion.listens() or packet_filter.counted(REFUSE) is None)

    def restart() -> None:
        bastion.start()
        packet_filter.lift(REFUSE)

    return Installed(prove, restart)


def rotate(fault: RotateHostKey, bastion: Bastion) -> Installed:
    """Give a bastion other host keys. Raises FabricBroken."""
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


def revoke(bastion: Bastion) -> Installed:
    """Let a bastion accept no key of its user. Raises FabricBroken."""
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
