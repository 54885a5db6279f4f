from __future__ import annotations

import io
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import paramiko
import pytest

from harness import run as runs
from harness.run import Run
from harness.timeline import Timeline
from harness.world.embedded.fabric import EmbeddedFabric
from harness.world.host_keys import make as make_host_key
from harness.world.embedded.ports import HOST
from harness.world.embedded.world import EmbeddedWorld
from harness.world.fabric import BastionSetup
from harness.world.topology import topologies

USER_KEY = make_host_key("ed25519")
SETUP = BastionSetup(user="alice", password="open sesame", authorized_keys=(USER_KEY.public,))


class User:
    """A client of a world: dials links and logs in with paramiko; closes all of it."""

    def __init__(self, world: EmbeddedWorld, cleanup: ExitStack) -> None:
        self.world = world
        self.private_key = USER_KEY.private
        self.key = paramiko.Ed25519Key.from_private_key(io.StringIO(USER_KEY.private))
        self._cleanup = cleanup

    def dial(self, link: str, first: bytes = b"") -> socket.socket:
        client = socket.create_connection((HOST, self.world._through[link]), timeout=5)
        self._cleanup.callback(client.close)
        client.sendall(first)
        return client

    def greet(self, through: socket.socket | paramiko.Channel | None = None) -> paramiko.Transport:
        first = f"to-{self.world.topology.bastions[0]}"
        transport = paramiko.Transport(through or self.dial(first))
        self._cleanup.callback(transport.close)
        transport.start_client(timeout=5)
        return transport

    def login(self, through: socket.socket | paramiko.Channel | None = None) -> paramiko.Transport:
        transport = self.greet(through)
        assert transport.auth_publickey("alice", self.key) == []
        return transport

    def channel(
        self, transport: paramiko.Transport, host: str = "target.internal", port: int = 7000
    ) -> paramiko.Channel:
        channel = transport.open_channel("direct-tcpip", (host, port), (HOST, 0), timeout=5)
        channel.settimeout(5)
        return channel


@pytest.fixture
def until() -> Callable[[Callable[[], bool]], None]:
    """Wait for what another process does without announcing it."""

    def wait(condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 5
        while not condition():
            assert time.monotonic() < deadline, "it did not come true"
            time.sleep(0.005)

    return wait


@pytest.fixture
def setup() -> BastionSetup:
    """Give the setup that the world begins with: a password and a key."""
    return SETUP


@pytest.fixture(scope="session")
def run() -> Iterator[Run]:
    """Give one run for the session."""
    with runs.start() as started:
        yield started


@pytest.fixture(scope="session")
def fabric(run: Run) -> Iterator[EmbeddedFabric]:
    """Give the embedded fabric."""
    fabric = EmbeddedFabric(run)
    yield fabric
    fabric.close()


@pytest.fixture(scope="session")
def warm(fabric: EmbeddedFabric, run: Run) -> EmbeddedWorld:
    """Give one world for the session."""
    return fabric.build(topologies()["single_bastion"], run.folder, print)


@pytest.fixture
def timeline() -> Timeline:
    """Give a timeline that begins now."""
    return Timeline()


@pytest.fixture
def world(warm: EmbeddedWorld, timeline: Timeline) -> Iterator[EmbeddedWorld]:
    """Give the world, begun for this test."""
    warm.begin(timeline, {"bastion": SETUP})
    yield warm
    warm.end()


@pytest.fixture
def user_of() -> type[User]:
    """Give the class of clients, for other worlds."""
    return User


@pytest.fixture
def user(world: EmbeddedWorld) -> Iterator[User]:
    """Give a client of the world."""
    with ExitStack() as cleanup:
        yield User(world, cleanup)
