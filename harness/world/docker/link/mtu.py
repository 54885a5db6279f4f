"""The MTU of a container's interfaces.

A connection that is made then has segments that fit both ways, because its SYNs say so (RFC 9293, section 3.7.1). What
the other end of an older connection sends and does not fit vanishes at the interface, as on an Ethernet (RFC 1191 is
for routers, and a link of ours is a host).
"""

from __future__ import annotations

from harness.faults.installed import Installed
from harness.faults.model import Evidence
from harness.world.docker.engine.shell import Shell

SMALLEST, USUAL = 576, 1500
"""Bytes: what every host must take (RFC 1122, section 3.3.2), and what the engine's networks carry."""

_EACH = "for each in /sys/class/net/*; do name=${each##*/}; [ $name = lo ] && continue"


def inject(shell: Shell, size: int) -> Installed:
    """Let every interface of the container, loopback aside, carry at most ``size`` bytes. Raises FabricBroken."""
    before = _sizes(shell)
    _set(shell, dict.fromkeys(before, size))

    def prove() -> Evidence:
        now = _sizes(shell)
        shown = ", ".join(f"{name} {carried}" for name, carried in now.items())
        return Evidence(proven=bool(now) and set(now.values()) == {size}, summary=f"the interfaces carry {shown} bytes")

    return Installed(prove, lambda: _set(shell, before))


def _sizes(shell: Shell) -> dict[str, int]:
    printed = shell.run(f"{_EACH}; echo $name $(cat $each/mtu); done")
    return {name: int(size) for name, size in (line.split() for line in printed)}


def _set(shell: Shell, sizes: dict[str, int]) -> None:
    shell.run("\n".join(f"ip link set dev {name} mtu {size} || exit 1" for name, size in sizes.items()))
