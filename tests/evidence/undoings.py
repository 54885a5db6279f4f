"""Faults that hold until they are healed, and what undoes each behind the harness' back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from harness.faults import model as faults
from harness.world import host_keys
from harness.world.docker.bastion import sshd
from harness.world.docker.link import packet_filter
from harness.world.docker.world import DockerWorld
from harness.world.embedded.world import EmbeddedWorld


@dataclass(frozen=True)
class Undoing:
    """What takes the effect of ``fault`` away after it was seen, on each fabric; it is given the active fault too."""

    fault: faults.Fault
    embedded: Callable[[EmbeddedWorld, Any], object]
    docker: Callable[[DockerWorld, Any], object]

    @property
    def id(self) -> str:
        """The fault's kind and its part."""
        part = f"-{self.fault.part}" if isinstance(self.fault, faults.Kill) else ""
        return f"{type(self.fault).__name__}{part}"


def _listen(node: str) -> Callable[[EmbeddedWorld, Any], None]:
    def undo(world: EmbeddedWorld, _: Any) -> None:
        world._machines[node].listen(on=True)
        world._relay.request("listen", link=f"to-{node}", on=True)

    return undo


def _start_again(world: EmbeddedWorld, _: Any) -> None:
    world._machines["bastion"].replace()
    world._relay.request("listen", link="to-bastion", on=True)


def _other_host_keys(world: EmbeddedWorld, _: Any) -> None:
    world._bastions["bastion"].node.request(
        "host-keys", host_keys=[host_keys.make("ed25519").private], host_certificates=[]
    )


def _other_authorized_keys(world: EmbeddedWorld, _: Any) -> None:
    world._bastions["bastion"].node.request("authorize", authorized_keys=[host_keys.make("ed25519").public])


def _serve_again(world: DockerWorld, _: Any) -> None:
    world._parts.bastions["bastion"].start()
    world._parts.relays["to-bastion"].enable(on=True)


def _lift_and_serve_again(world: DockerWorld, _: Any) -> None:
    world._parts.bastions["bastion"].start()
    world._parts.filters["to-bastion"].lift(packet_filter.REFUSE)


def _show_others(world: DockerWorld, _: Any) -> None:
    bastion = world._parts.bastions["bastion"]
    rotated = bastion.setup
    bastion.show(tuple(bastion._keys.values()))
    bastion.setup = rotated


def _authorize_again(world: DockerWorld, _: Any) -> None:
    world._parts.bastions["bastion"].authorize(("ssh-ed25519 AAAA",))


UNDOINGS = (
    Undoing(
        faults.Cut("to-bastion"),
        lambda world, _: world._relay.request("heal", fault=0),
        lambda world, _: world._parts.relays["to-bastion"].enable(on=True),
    ),
    Undoing(
        faults.Freeze("bastion"),
        lambda world, _: world._machines["bastion"].node.thaw(),
        lambda world, _: world._parts.nodes["bastion"].shell.run(sshd.signal_all("CONT")),
    ),
    Undoing(faults.Kill("bastion"), _start_again, _serve_again),
    Undoing(faults.Kill("bastion", "listener"), _listen("bastion"), _lift_and_serve_again),
    Undoing(faults.RotateHostKey("bastion"), _other_host_keys, _show_others),
    Undoing(faults.Refuse("target"), _listen("target"), lambda world, _: world._parts.probe.listen(on=True)),
    Undoing(
        faults.Ignore("target"),
        lambda world, _: world._bastions["bastion"].silence(world._through["to-target"], on=False),
        lambda world, _: world._parts.filters["to-target"].lift(packet_filter.IGNORE),
    ),
    Undoing(faults.RevokeKey("bastion"), _other_authorized_keys, _authorize_again),
)
