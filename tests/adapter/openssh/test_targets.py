"""Targets: refused, prohibited, sockets."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import TYPE_CHECKING

from harness.adapter.profile import (
    SocketTarget,
    Target,
)

from .profiles import OPEN, change, refusal
from .servers import echo

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.adapter.driver import Adapter
    from harness.adapter.profile import Profile

    from .bastion import Bastion

    Works = Callable[[str, int], bool]


def forward_error(adapter: Adapter) -> str:
    """Return the code that ``status`` tells; ssh's line about it is read a little after the client was let go."""
    until = time.monotonic() + OPEN
    while not (error := adapter.status("t1", OPEN).error):
        assert time.monotonic() < until, "no error was told"
        time.sleep(0.05)
    return error.code


def test_a_refused_target_is_a_status_and_not_the_end(openssh: Adapter, profile: Profile, works: Works) -> None:
    """A target that refuses is told by status, and the tunnel stays connected."""
    endpoint = openssh.open("t1", change(profile, target=Target(host="127.0.0.1", port=1)), OPEN)
    assert not works(endpoint.host, endpoint.port)
    assert forward_error(openssh) == "forward-refused"
    assert openssh.status("t1", OPEN).state == "connected"


def test_a_prohibited_target_is_told_apart(openssh: Adapter, profile: Profile, bastion: Bastion, works: Works) -> None:
    """A server that forbids forwarding is forward-prohibited."""
    bastion.forwards = False
    endpoint = openssh.open("t1", profile, OPEN)
    assert not works(endpoint.host, endpoint.port)
    assert forward_error(openssh) == "forward-prohibited"


def test_a_socket_of_the_server_is_a_target(
    openssh: Adapter, profile: Profile, loop: asyncio.AbstractEventLoop, tmp_path: Path, works: Works
) -> None:
    """A Unix domain socket is reached by its path."""
    path = str(tmp_path / "db.sock")
    server = asyncio.run_coroutine_threadsafe(asyncio.start_unix_server(echo, path), loop).result(10)
    endpoint = openssh.open("t1", change(profile, target=SocketTarget(path=path)), OPEN)
    assert works(endpoint.host, endpoint.port)
    loop.call_soon_threadsafe(server.close)


def test_a_socket_needs_its_whole_path(openssh: Adapter, profile: Profile) -> None:
    """A path that ssh would take for a host name is bad-profile."""
    assert refusal(openssh, change(profile, target=SocketTarget(path="db.sock"))).code == "bad-profile"
