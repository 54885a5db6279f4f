"""Servers that cannot be reached, and tunnels that are lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.adapter.profile import (
    Endpoint,
    KeepAlive,
)

from .profiles import OPEN, change, refusal

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from harness.adapter.driver import Adapter
    from harness.adapter.profile import Profile

    from .bastion import Bastion

    Works = Callable[[str, int], bool]


def test_a_refused_connection_is_named(openssh: Adapter, profile: Profile) -> None:
    """Nothing listens at port 1."""
    nobody = Endpoint(host="127.0.0.1", port=1, user="alice")
    assert refusal(openssh, change(profile, ssh=nobody)).code == "connection-refused"


def test_an_unknown_name_is_named(openssh: Adapter, profile: Profile) -> None:
    """RFC 6761 keeps .invalid from resolving."""
    nobody = Endpoint(host="bastion.invalid", user="alice")
    assert refusal(openssh, change(profile, ssh=nobody)).code == "dns-failed"


def test_a_server_that_is_not_ssh_is_named(openssh: Adapter, profile: Profile, web_port: int) -> None:
    """A web server does not do the handshake."""
    web = Endpoint(host="127.0.0.1", port=web_port, user="alice")
    assert refusal(openssh, change(profile, ssh=web)).code == "handshake-failed"


def test_a_lost_connection_is_a_failure_event(
    openssh: Adapter, profile: Profile, bastion: Bastion, loop: asyncio.AbstractEventLoop
) -> None:
    """When ssh ends, the tunnel is failed with connection-lost, and status says so."""
    openssh.open("t1", profile, OPEN)
    loop.call_soon_threadsafe(bastion.drop)
    found = openssh.wait_for_state("t1", "failed", timeout=10)
    assert found
    assert found[1].error
    assert found[1].error.code == "connection-lost"
    assert openssh.status("t1", OPEN).state == "failed"


def test_a_frozen_server_is_lost_by_keep_alive(
    openssh: Adapter, profile: Profile, bastion: Bastion, loop: asyncio.AbstractEventLoop
) -> None:
    """With one second and a count of one, a server that says nothing is connection-lost."""
    openssh.open("t1", change(profile, keepalive=KeepAlive(interval=0.4, count=1)), OPEN)
    loop.call_soon_threadsafe(bastion.hold_still)
    found = openssh.wait_for_state("t1", "failed", timeout=10)
    assert found
    assert found[1].error
    assert "not responding" in found[1].error.message
