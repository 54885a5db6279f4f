"""One server of each kind, and tunnels to them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import asyncssh
import pytest

from tunnel_impl import Profile

from ..tunnel_impl.event_loop import Loop  # noqa: TID252 -- tests is no package
from ..tunnel_impl.world import World  # noqa: TID252 -- tests is no package
from .debian import Dropbear, OpenSsh, TinySsh
from .programs import ASYNCSSH, MINA, PARAMIKO, XCRYPTO
from .server import USER, Credential, Kind, Server

if TYPE_CHECKING:
    from pathlib import Path

_BUILT = pytest.mark.toolchain
FORWARDING: list[Any] = [
    Dropbear(),
    OpenSsh(),
    ASYNCSSH,
    PARAMIKO,
    pytest.param(XCRYPTO, marks=_BUILT),
    pytest.param(MINA, marks=_BUILT),
]
"""Those that forward."""


@dataclass(frozen=True)
class Site:
    """A server of the kind ``name``, and how to log in."""

    name: str
    server: Server
    user: Credential
    known_hosts: Path

    def profile(self, target: int, port: int | None = None, **changes: Any) -> Profile:
        """Return the profile of a tunnel to ``target``, over a link that listens on ``port`` where there is one."""
        data: dict[str, Any] = {
            "ssh": {"host": "127.0.0.1", "port": port or self.server.port, "user": USER},
            "auth": {"method": "key", "file": str(self.user.private)},
            "host_keys": {"file": str(self.known_hosts)},
            "target": {"host": "127.0.0.1", "port": target},
        }
        return Profile.parse(data | changes)


def _start(kind: Kind, folder: Path, stack: contextlib.ExitStack) -> Site:
    if reason := kind.why_not():
        pytest.skip(reason)
    key = asyncssh.generate_private_key("ssh-ed25519")
    user = Credential(folder / "key", folder / "key.pub")
    key.write_private_key(str(user.private))
    user.private.chmod(0o600)
    key.write_public_key(str(user.authorized))
    server = kind.start(folder, user, stack)
    known_hosts = folder / "known_hosts"
    known_hosts.write_text(f"* {server.host_key}\n")
    return Site(kind.name, server, user, known_hosts)


@pytest.fixture(scope="module", params=FORWARDING, ids=lambda kind: kind.name)
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A server of each kind that forwards."""
    with contextlib.ExitStack() as stack:
        yield _start(request.param, tmp_path_factory.mktemp("server"), stack)


@pytest.fixture(scope="module")
def tinyssh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """TinySSH, which lets users in and forwards nothing."""
    with contextlib.ExitStack() as stack:
        yield _start(TinySsh(), tmp_path_factory.mktemp("server"), stack)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A place to build targets, links and tunnels in."""
    loop = Loop()
    with contextlib.ExitStack() as stack:
        world = World(loop, tmp_path, stack)
        world.answer = None
        yield world
    loop.stop()
