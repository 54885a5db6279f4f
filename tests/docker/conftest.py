from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, suppress
from functools import cache, partial
from io import StringIO
from pathlib import Path

import paramiko
import pytest

from harness import run as runs
from harness.address import Address
from harness.run import Run
from harness.timeline import Timeline
from harness.world import host_keys
from harness.world.docker.fabric import DockerFabric
from harness.world.docker.world import DockerWorld
from harness.world.fabric import BastionSetup
from harness.world.topology import topologies

USER_KEY = host_keys.make("ed25519")
SETUP = BastionSetup(user="alice", password="open sesame", authorized_keys=(USER_KEY.public,))


class Conversation:
    """A connection to the target's echo."""

    def __init__(self, connected: socket.socket) -> None:
        self.socket = connected
        connected.sendall(b"ECHO\n")

    def talk(self, text: bytes) -> bytes:
        """Send ``text`` and return what comes back, until as much came or the end, which may come before it is sent."""
        with suppress(BrokenPipeError, ConnectionResetError):
            self.socket.sendall(text)
        return self.hear(len(text))

    def hear(self, size: int, within: float = 10) -> bytes:
        """Return what comes, until it is ``size`` bytes, the end or a reset. Raises TimeoutError."""
        self.socket.settimeout(within)
        received = b""
        with suppress(ConnectionResetError):
            while len(received) < size and (chunk := self.socket.recv(65536)):
                received += chunk
        return received

    def close(self) -> None:
        self.socket.close()


class SshTunnel:
    """``ssh -N -L`` through a world; ``local`` is its end on this machine."""

    def __init__(self, process: subprocess.Popen[str], local: Address) -> None:
        self.process = process
        self.local = local

    def connect(self) -> Conversation:
        return Conversation(socket.create_connection(self.local, timeout=10))

    def echo(self, text: bytes = b"hello") -> bytes:
        with closing(self.connect()) as client:
            return client.talk(text)


@contextmanager
def ssh_tunnel(
    world: DockerWorld, folder: Path, target: Address | str | None = None, known_hosts: str | None = None
) -> Iterator[SshTunnel]:
    """Start ``ssh -N -L`` along the route of the world and yield it when it is connected; ``target`` may be a path.

    ``known_hosts`` is what ssh knows of the bastions, by their names; all of their keys where it is not said.
    """
    leads_to = target or world.address(world.topology.target)
    onward = leads_to if isinstance(leads_to, str) else f"{leads_to.host}:{leads_to.port}"
    with socket.create_server(("127.0.0.1", 0)) as free:
        local = Address("127.0.0.1", free.getsockname()[1])
    config = _ssh_config(world, folder, known_hosts)
    forward = f"{local.host}:{local.port}:{onward}"
    command = ["ssh", "-F", str(config), "-v", "-N", "-L", forward, world.topology.bastions[-1]]
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    with process:
        try:
            assert process.stderr is not None
            said, connected = [], 0
            for line in process.stderr:
                said.append(line)
                connected += "Entering interactive session" in line
                if connected == len(world.topology.bastions):
                    break
            else:
                pytest.fail(f"ssh did not connect: {''.join(said)}")
            yield SshTunnel(process, local)
        finally:
            process.kill()


def _ssh_config(world: DockerWorld, folder: Path, known_hosts: str | None) -> Path:
    """Write a configuration in which each bastion goes by its name and jumps over those before it."""
    key, known, config = folder / "id", folder / "known_hosts", folder / "config"
    key.write_text(USER_KEY.private)
    key.chmod(0o600)
    all_keys = "".join(
        f"{name} {key.public}\n" for name in world.topology.servers for key in world.setup(name).host_keys
    )
    known.write_text(all_keys if known_hosts is None else known_hosts)
    jump, hosts = "none", []
    for name in world.topology.bastions:
        address = world.address(name)
        hosts.append(
            f"Host {name}\n HostName {address.host}\n Port {address.port}\n HostKeyAlias {name}\n ProxyJump {jump}\n"
        )
        jump = name
    common = f"Host *\n User alice\n IdentityFile {key}\n IdentitiesOnly yes\n BatchMode yes\n"
    config.write_text("".join([*hosts, common, f" ExitOnForwardFailure yes\n UserKnownHostsFile {known}\n"]))
    return config


@pytest.fixture(scope="session")
def run() -> Iterator[Run]:
    """A run of its own for these tests."""
    with runs.start() as this_run:
        yield this_run


@pytest.fixture(scope="session")
def fabric(run: Run) -> Iterator[DockerFabric]:
    """The docker fabric."""
    with closing(DockerFabric(run)) as fabric:
        yield fabric


@pytest.fixture(scope="session")
def warm_worlds(fabric: DockerFabric, run: Run) -> Iterator[Callable[[str], DockerWorld]]:
    """Worlds that all tests share, one after the other, by topology."""
    with ExitStack() as ends:

        @cache
        def build(topology: str) -> DockerWorld:
            return ends.enter_context(closing(fabric.build(topologies()[topology], run.folder, print)))

        yield build


@pytest.fixture
def user_key() -> paramiko.PKey:
    """The key that logs in everywhere."""
    return paramiko.Ed25519Key.from_private_key(StringIO(USER_KEY.private))


@pytest.fixture
def topology() -> str:
    """The topology of a test; its file may have another."""
    return "single_bastion"


@pytest.fixture
def warm(warm_worlds: Callable[[str], DockerWorld], topology: str) -> DockerWorld:
    """The shared world of this topology."""
    return warm_worlds(topology)


@pytest.fixture
def setup() -> BastionSetup:
    """The setup that scenarios begin with unless they say otherwise."""
    return SETUP


@pytest.fixture
def world(warm: DockerWorld, setup: BastionSetup) -> Iterator[DockerWorld]:
    """The warm world, begun."""
    warm.begin(Timeline(), dict.fromkeys(warm.topology.servers, setup))
    yield warm
    warm.end()


@pytest.fixture
def tunnel(world: DockerWorld, tmp_path: Path) -> Iterator[SshTunnel]:
    """``ssh -N -L`` through the world, connected."""
    with ssh_tunnel(world, tmp_path) as tunnel:
        yield tunnel


@pytest.fixture
def dial(world: DockerWorld, tmp_path: Path) -> Callable[..., AbstractContextManager[SshTunnel]]:
    """Start another ``ssh -N -L``."""
    return partial(ssh_tunnel, world, tmp_path)


@pytest.fixture
def paramiko_login(world: DockerWorld) -> Iterator[Callable[[str], AbstractContextManager[paramiko.SSHClient]]]:
    """Log in with a password."""
    with ExitStack() as ends:

        def login(password: str) -> paramiko.SSHClient:
            client = ends.enter_context(paramiko.SSHClient())
            client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
            client.connect(
                *world.address("bastion"), "alice", password, allow_agent=False, look_for_keys=False, timeout=5
            )
            return client

        yield login


@pytest.fixture
def until() -> Callable[[Callable[[], bool]], None]:
    """Wait for what another process does without announcing it."""

    def wait(condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 5
        while not condition():
            assert time.monotonic() < deadline, "it did not come true"
            time.sleep(0.01)

    return wait


@pytest.fixture
def greeting(world: DockerWorld) -> Callable[[], bytes]:
    """Dial the link and return the first bytes of the bastion's banner."""

    def read() -> bytes:
        with closing(socket.create_connection(world.address("bastion"), 2)) as client:
            return client.recv(4)

    return read


@pytest.fixture
def ends() -> Callable[[socket.socket], str]:
    """Wait for the end of a connection and tell how it came."""

    def wait(client: socket.socket) -> str:
        with suppress(ConnectionResetError):
            while client.recv(65536):
                pass
            return "eof"
        return "reset"

    return wait


@pytest.fixture
def transport(world: DockerWorld) -> Iterator[Callable[[], paramiko.Transport]]:
    """Connect to the bastion of pam_totp, up to the point where one logs in."""
    with ExitStack() as ends:

        def connect() -> paramiko.Transport:
            connected = ends.enter_context(paramiko.Transport(socket.create_connection(world.address("totp"), 5)))
            connected.start_client(timeout=5)
            return connected

        yield connect
