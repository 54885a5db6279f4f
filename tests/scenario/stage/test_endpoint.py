"""Where the harness dials: nowhere but where the profile asked the tunnel to listen."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from harness.adapter.profile import Local
from harness.adapter.protocol import OpenOk
from harness.address import Address
from harness.errors import AdapterBroken
from harness.scenario.stage.endpoint import endpoint
from harness.scenario.stage.stage import AskedTunnel, Stage

from ..standins import Profiles

ELSEWHERE = ["10.0.0.7", "169.254.169.254", "0.0.0.0", "2130706433", "127.1", "db.example.com", "localhost", "::", ""]


@pytest.mark.parametrize("host", ELSEWHERE)
@pytest.mark.parametrize("asked_for", [None, "localhost", "127.0.0.1", "127.0.0.9", "::1"])
def test_what_is_no_loopback_address_is_neither_looked_up_nor_dialled(
    host: str, asked_for: str | None, stage: Stage, profiles: Profiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is a breach of the protocol, and the message says what was sent."""

    def touched(*_: object, **__: object) -> Any:
        raise AssertionError("looked up, or dialled")

    for name in ("getaddrinfo", "create_connection", "gethostbyname"):
        monkeypatch.setattr(socket, name, touched)
    profiles.becomes(local=Local(host=asked_for))
    with pytest.raises(AdapterBroken, match=f"listens at the host '{host}'"):
        stage.opened("main", AskedTunnel(profiles.profile, ("bastion",), 0.0), OpenOk(host=host, port=60000))
    assert stage.tunnels == {}


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.9", "::1"])
def test_without_a_host_any_loopback_address_will_do(host: str) -> None:
    """Also for the name that stands for all of them."""
    assert endpoint(host, 60000, Local()) == endpoint(host, 60000, Local(host="localhost")) == Address(host, 60000)


@pytest.mark.parametrize(
    ("host", "asked_for"), [("127.0.0.2", "127.0.0.1"), ("127.0.0.1", "::1"), ("::1", "127.0.0.1")]
)
def test_an_address_that_was_asked_for_must_be_that_one(host: str, asked_for: str) -> None:
    """Clients were told the one of the profile."""
    with pytest.raises(AdapterBroken, match=f"'{host}'; expected {asked_for}"):
        endpoint(host, 60000, Local(host=asked_for))


def test_a_port_that_was_asked_for_must_be_that_one() -> None:
    """Port 0 leaves it to the implementation."""
    assert endpoint("127.0.0.1", 60001, Local(port=0)).port == 60001
    with pytest.raises(AdapterBroken, match="port 60001; expected 60000"):
        endpoint("127.0.0.1", 60001, Local(port=60000))
