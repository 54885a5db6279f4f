"""Tries a connection from a container, as a program there would, with socat(1)."""

from __future__ import annotations

from harness.address import Address
from harness.world.docker.engine.shell import Shell
from harness.world.docker.link.packet_filter import CANARY_PORT

_TIMED_OUT = 124
"""The status of timeout(1); with its own limit, socat of Debian 11 takes a refusal for a connection."""
_WAIT = 0.5  # the networks are on this machine: an answer takes less than a millisecond


def dial_from(shell: Shell, at: Address) -> str:
    """Return ``a connection``, ``no answer``, or what the kernel says; it does not count as an attempt.

    Raises FabricBroken.
    """
    to = f"TCP4:{at.host}:{at.port},sourceport={CANARY_PORT},reuseaddr"
    status, printed = shell.ask(f"timeout {_WAIT} socat -u OPEN:/dev/null {to}")
    if status == 0:
        return "a connection"
    return "no answer" if status == _TIMED_OUT else " ".join(printed).rpartition(": ")[2]
