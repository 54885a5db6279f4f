"""What scenarios need of the machine on which the implementation runs, in the words of Fabric.missing."""

from __future__ import annotations

import shutil
import sys

from harness.adapter.registry import Launch
from harness.scenario.props import names

_PREFIX = "client:"


def split(needs: frozenset[str]) -> tuple[frozenset[str], frozenset[str]]:
    """Return the needs of the client's machine, without their prefix, and those of the fabric."""
    here = frozenset(need.removeprefix(_PREFIX) for need in needs if need.startswith(_PREFIX))
    return here, frozenset(need for need in needs if not need.startswith(_PREFIX))


def missing(launch: Launch, needs: frozenset[str]) -> str | None:
    """Return why this machine cannot give ``launch`` what it needs, or None."""
    if launch.kind == "image" and needs & {"names", "files"}:
        return "an adapter in a container has a resolver and files of its own"
    if launch.kind == "image" and "processes" in needs:
        return "the processes of an adapter in a container cannot be looked at"
    if "names" in needs and (reason := names.why_not()):
        return reason
    if "loopback" in needs and not sys.platform.startswith("linux"):
        return "needs Linux, where every address of 127/8 is there"
    if "ssh" in needs and shutil.which("ssh") is None:
        return "needs OpenSSH's client to compare with; install openssh-client"
    return None
