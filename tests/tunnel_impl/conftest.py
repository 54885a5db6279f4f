"""Real peers for the reference tunnel, and nothing left of them after a test."""

from __future__ import annotations

import contextlib
import logging
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tunnel_impl.login.totp import Spent

from .bastion import Site
from .event_loop import Loop
from .link import Link, Port
from .world import World


@pytest.fixture(autouse=True)
def no_code_was_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget the codes of other tests, which share the process."""
    monkeypatch.setattr("tunnel_impl.login.totp._SPENT", Spent())


@pytest.fixture(autouse=True)
def private_files() -> Iterator[None]:
    """Write files for their owner alone: a key that others may read is not used."""
    before = os.umask(0o077)
    yield
    os.umask(before)


@pytest.fixture(scope="session", autouse=True)
def _quiet() -> None:
    logging.getLogger("asyncssh").setLevel(logging.CRITICAL)


def descriptors() -> int:
    """Return how many file descriptors this process has."""
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A place to build servers and tunnels in; fails the test that leaves a thread or a descriptor behind."""
    before = descriptors()
    loop = Loop()
    with contextlib.ExitStack() as stack:
        yield World(loop, tmp_path, stack)
    loop.stop()
    left = [thread.name for thread in threading.enumerate() if thread.name.startswith("tunnel-")]
    assert not left, f"threads left behind: {left}"
    assert descriptors() <= before, "file descriptors left behind"


@pytest.fixture
def site(world: World) -> Site:
    """A server."""
    return world.site()


@pytest.fixture
def target(world: World) -> Port:
    """An echo target."""
    return world.target()


@pytest.fixture
def link(world: World, site: Site) -> Link:
    """The way to the server."""
    return world.link(site.port)
