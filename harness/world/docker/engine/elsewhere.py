"""An engine on another machine, and what the harness needs of it: a way to its containers, and the same time."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any

from testcontainers.core import docker_client

from harness.errors import FabricBroken
from harness.world.docker.engine.obeying import obeying

SOCKET = "unix:///var/run/docker.sock"
_APART = 0.1
"""Seconds that the clocks may differ: windows of scenarios have more to spare."""
_HELP = "docs/many-machines.md says how to use an engine on another machine"


def host() -> str:
    """Return where the engine is asked, such as ``tcp://engine:2376``."""
    return docker_client.get_docker_host() or SOCKET


def check_transport() -> None:
    """Raise FabricBroken for ``ssh://``: the SDK starts an ssh for each request, on which no direction can be ended."""
    scheme, _, name = host().partition("://")
    if scheme == "ssh":
        forward = f"ssh -N -L 127.0.0.1:2375:/var/run/docker.sock ssh://{name}"
        raise FabricBroken(
            f"the docker fabric needs a socket of the engine; forward it: run `{forward}`, and set "
            "DOCKER_HOST=tcp://127.0.0.1:2375"
        )


def is_on_this_machine() -> bool:
    """Tell whether the engine is asked by a socket of this machine."""
    return host().startswith("unix:")


def out_of_reach(address: str) -> FabricBroken:
    """Return what is wrong where nothing gets through to a container's address."""
    return FabricBroken(
        f"{address}, a container of the engine at {host()}, cannot be reached from here; run tunspec on the engine's "
        f"machine, or open a way to its containers ({_HELP})"
    )


def check_clock(client: Any) -> None:  # noqa: ANN401 -- the docker SDK has no types
    """See that the engine's machine has this machine's time: logs are put in order by it. Raises FabricBroken."""
    before = time.time()
    with obeying("asking the engine for its time"):
        there = datetime.fromisoformat(client.info()["SystemTime"]).timestamp()
    ahead = max(0.0, there - time.time()) or min(0.0, there - before)
    if abs(ahead) > _APART:
        which = "ahead of" if ahead > 0 else "behind"
        raise FabricBroken(
            f"the clock of the engine at {host()} is {abs(ahead):.1f} s {which} this machine's; set both by NTP"
        )
