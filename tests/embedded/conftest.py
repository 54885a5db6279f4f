from __future__ import annotations

import hashlib
import io
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import paramiko
import pyotp
import pytest

from harness import run as runs
from harness.run import Run
from harness.timeline import Timeline
from harness.world.embedded.fabric import EmbeddedFabric
from harness.world.embedded.machines.ports import HOST
from harness.world.embedded.world import EmbeddedWorld
from harness.world.fabric import BastionSetup, Prompt, TotpSetup
from harness.world.host_keys import make as make_host_key
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
        deadline = time.monotonic() + 10
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


class Server:
    """The bastion of the topology with the second factor, and clients that log in by keyboard-interactive."""

    def __init__(self, world: Any, timeline: Any, user: Any, setup: BastionSetup) -> None:
        self.world = world
        self.user = user
        self.totp = TotpSetup(secret=pyotp.random_base32())
        self._timeline = timeline
        self._setup = setup

    def code(self, totp: TotpSetup | None = None, ahead: int = 0) -> str:
        """Return the present code, or one of so many steps later."""
        of = totp or self.totp
        digest = getattr(hashlib, of.algorithm.lower())
        generator = pyotp.TOTP(of.secret, digits=of.digits, digest=digest, interval=of.period)
        return generator.at(int(time.time()) + ahead * of.period)

    def begin(self, *rounds: tuple[Prompt, ...], **differences: Any) -> None:
        setup = replace(self._setup, **{"totp": self.totp, "dialogue": rounds, **differences})
        self.world.begin(self._timeline, {"totp": setup})

    def answer(
        self, *answers: list[str], through: paramiko.Transport | None = None, name: str = "alice"
    ) -> tuple[bool, list[list[tuple[str, bool]]]]:
        """Answer the rounds in order; return whether the user is in, and what was asked."""
        asked: list[list[tuple[str, bool]]] = []
        coming = iter(answers)

        def respond(_title: str, _instructions: str, prompts: list[tuple[str, bool]]) -> list[str]:
            asked.append(prompts)
            return next(coming, [])

        transport = through or self.user.greet()
        try:
            left = transport.auth_interactive(name, respond)
        except paramiko.AuthenticationException:
            return False, asked
        return not left, asked

    def let_in(self, *answers: list[str], **differences: Any) -> bool:
        return self.answer(*answers, **differences)[0]

    def told(self, kind: str, key: str) -> list[str]:
        return [event.detail[key] for event in self.world.events("totp") if event.kind == kind]

    def offered(self) -> set[str]:
        with pytest.raises(paramiko.BadAuthenticationType) as refused:
            self.user.greet().auth_none("alice")
        return set(refused.value.allowed_types)


@pytest.fixture(scope="session")
def pam(fabric: Any, run: Any) -> Iterator[Any]:
    """Give one world with a second factor for the session."""
    world = fabric.build(topologies()["pam_totp"], run.folder, print)
    yield world
    world.close()


@pytest.fixture
def server(pam: Any, timeline: Any, user_of: Any, setup: Any) -> Iterator[Server]:
    """Give the bastion."""
    with ExitStack() as cleanup:
        cleanup.callback(pam.end)
        yield Server(pam, timeline, user_of(pam, cleanup), setup)
