"""Whether clients are served or sent away: what came during an outage, and who comes anew."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from harness.address import Address
from harness.errors import Failed
from harness.probe.client import Held
from harness.probe.talk import Way
from harness.scenario.observations.endpoint import Endpoint
from harness.scenario.stage.stage import Stage, Tunnel
from harness.scenario.verbs.probes.recovery import Settle

from ..standins import Serve

SETTLED = Endpoint.model_validate({"endpoint": "settled"})


def at(stage: Stage, address: Address) -> None:
    """Let the tunnel's endpoint be there."""
    profile: Any = object()
    stage.tunnels["main"] = Tunnel(profile, address, address)


def hang_up(client: socket.socket) -> None:
    """Let a client in and end it at once."""
    client.close()


def say_nothing(client: socket.socket) -> None:
    """Let a client in and wait until it leaves."""
    while client.recv(65536):
        pass


def nowhere() -> Address:
    """Return where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as gone:
        return Address(*gone.getsockname())


def test_an_endpoint_that_serves_has_settled(stage: Stage, echoing: Address) -> None:
    """The tunnel works."""
    at(stage, echoing)
    assert SETTLED.watch(stage)().met


def test_an_endpoint_that_refuses_has_settled(stage: Stage) -> None:
    """The tunnel has ended, and says so."""
    at(stage, nowhere())
    assert SETTLED.watch(stage)().met


@pytest.mark.parametrize("behave", [hang_up, say_nothing])
def test_an_endpoint_that_lets_clients_in_in_vain_has_not_settled(stage: Stage, serve: Serve, behave: Any) -> None:
    """Whether it drops them or lets them wait."""
    at(stage, serve(behave))
    assert not SETTLED.watch(stage)().met


def test_clients_that_are_served_or_ended_have_settled(serve: Serve, echoing: Address, stage: Stage) -> None:
    """Each of them by itself."""
    stage.held["held"] = [Held(Way(where), 2.0) for where in (echoing, serve(hang_up))]
    Settle.read({"within": "2s"}, {}).run(stage)


def test_a_client_that_is_left_waiting_has_not_settled(serve: Serve, stage: Stage) -> None:
    """It would wait for ever."""
    stage.held["held"] = [Held(Way(serve(say_nothing)), 2.0)]
    with pytest.raises(Failed, match="every client to be served or ended"):
        Settle.read({"within": "100ms"}, {}).run(stage)
