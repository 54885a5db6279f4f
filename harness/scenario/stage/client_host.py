"""What scenarios need of the machine on which the implementation runs."""

from __future__ import annotations

import shutil
import sys

from harness import extras
from harness.adapter import registry
from harness.adapter.registry import Launch
from harness.faults.needs import FabricNeed, Need, NeedsDatabase, NeedsOfClient
from harness.scenario.props import names


def split(needs: frozenset[Need]) -> tuple[frozenset[str], frozenset[FabricNeed]]:
    """Return what the client's machine must have, and what the fabric must be able to do."""
    here = frozenset(need.what for need in needs if isinstance(need, NeedsOfClient))
    drivers = {"drivers"} if any(isinstance(need, NeedsDatabase) for need in needs) else set()
    return here | drivers, frozenset(need for need in needs if not isinstance(need, NeedsOfClient))


def missing(launch: Launch, needs: frozenset[str]) -> str | None:
    """Return why this machine cannot give ``launch`` what it needs, or None."""
    if launch.kind == "image" and needs & {"names", "files"}:
        return "an adapter in a container has a resolver and files of its own"
    if launch.kind == "image" and "processes" in needs:
        return "the processes of an adapter in a container cannot be looked at"
    if "names" in needs and (reason := names.why_not()):
        return reason
    if "drivers" in needs and (reason := extras.missing("databases")):
        return reason
    if "loopback" in needs and not sys.platform.startswith("linux"):
        return "needs Linux, where every address of 127/8 is there"
    if "ssh" in needs and shutil.which("ssh") is None:
        return "needs OpenSSH's client to compare with; install openssh-client"
    if "modes" in needs and launch.kind != "image" and (reason := registry.reads_every_file()):
        return reason
    return None
