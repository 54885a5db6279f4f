"""Coming back after a loss, as a client sees it."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from harness.address import Address
from harness.errors import Failed
from harness.scenario.stage.stage import Stage, Tunnel
from harness.scenario.verbs.probes.recovery import WorksAgain


def at(stage: Stage, address: Address) -> None:
    """Let the tunnel's endpoint be there."""
    profile: Any = object()
    stage.tunnels["main"] = Tunnel(profile, address, address)


def test_a_client_that_is_served_sees_the_tunnel_work_again(stage: Stage, echoing: Address) -> None:
    """The first try is enough."""
    at(stage, echoing)
    WorksAgain.read("2s", {}).run(stage)


def test_a_client_that_is_refused_all_the_time_says_what_became_of_its_last_try(stage: Stage) -> None:
    """Nobody listens where a socket was bound and closed."""
    with socket.create_server(("127.0.0.1", 0)) as gone:
        nowhere = Address(*gone.getsockname())
    at(stage, nowhere)
    with pytest.raises(Failed, match="tries, the last: connection refused"):
        WorksAgain.read("300ms", {}).run(stage)
