"""Tries a connection from a container, as what stands there would, with socat(1)."""

from __future__ import annotations

from harness.address import Address
from harness.world.docker.engine.shell import Shell
from harness.world.docker.link.gate import CANARY_PORT

_WAIT = 0.5  # the networks are of this machine: an answer takes no millisecond


def knock(shell: Shell, at: Address) -> str:
    """Return ``a connection``, ``no answer``, or what the kernel says; it counts as no attempt.

    Raises FabricBroken.
    """
    to = f"TCP4:{at.host}:{at.port},sourceport={CANARY_PORT},reuseaddr,connect-timeout={_WAIT}"
    status, printed = shell.ask(f"socat -u OPEN:/dev/null {to}")
    if status == 0:
        return "a connection"
    said = " ".join(printed).rpartition(": ")[2]
    return "no answer" if "timed out" in said else said
