"""A bastion on loopback, an echoing target behind it, and the openssh adapter in front of it."""

from __future__ import annotations

import asyncio
import secrets
import socket
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import asyncssh
import pytest

from harness.adapter.driver import Adapter, Limits
from harness.adapter.profile import Endpoint, HostKeys, PasswordAuth, Profile, Target, Timeouts
from harness.adapter.protocol import HostKeyQuestion
from harness.adapter.registry import resolve

from .bastion import Bastion, Server
from .servers import echo, http

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from harness.adapter.conversation import AnyQuestion
    from harness.timeline import Timeline


@pytest.fixture(scope="session")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """An event loop on a thread of its own."""
    running = asyncio.new_event_loop()
    thread = threading.Thread(target=running.run_forever)
    thread.start()
    yield running
    running.call_soon_threadsafe(running.stop)
    thread.join()
    running.close()


@pytest.fixture
def target_port(loop: asyncio.AbstractEventLoop) -> Iterator[int]:
    """The port of a target that echoes."""
    server = asyncio.run_coroutine_threadsafe(asyncio.start_server(echo, "127.0.0.1", 0), loop).result(10)
    yield server.sockets[0].getsockname()[1]
    loop.call_soon_threadsafe(server.close)


@pytest.fixture
def web_port(loop: asyncio.AbstractEventLoop) -> Iterator[int]:
    """The port of a server that speaks another protocol."""
    server = asyncio.run_coroutine_threadsafe(asyncio.start_server(http, "127.0.0.1", 0), loop).result(10)
    yield server.sockets[0].getsockname()[1]
    loop.call_soon_threadsafe(server.close)


@pytest.fixture
def bastion(loop: asyncio.AbstractEventLoop) -> Iterator[Bastion]:
    """A server that lets alice in by password; tests change what it accepts."""
    key = asyncssh.generate_private_key("ssh-ed25519")
    one = Bastion(secrets.token_hex(8), key)

    async def listen() -> asyncssh.SSHAcceptor:
        return await asyncssh.create_server(
            lambda: Server(one), "127.0.0.1", 0, server_host_keys=[key], login_timeout=120
        )

    acceptor = asyncio.run_coroutine_threadsafe(listen(), loop).result(10)
    one.port = acceptor.get_port()
    yield one

    async def close() -> None:
        acceptor.close()
        for connection in one.connections:
            connection.abort()
        await asyncio.gather(*(connection.wait_closed() for connection in one.connections))
        await acceptor.wait_closed()

    asyncio.run_coroutine_threadsafe(close(), loop).result(10)


@dataclass
class User:
    """Answers, when it may: whether unknown host keys are accepted, and what prompts get."""

    accept: bool = True
    prompt: str | None = None
    was_asked: threading.Event = field(default_factory=threading.Event)
    may_answer: threading.Event = field(default_factory=threading.Event)

    def __call__(self, question: AnyQuestion) -> str | None:
        self.was_asked.set()
        self.may_answer.wait(30)
        if isinstance(question, HostKeyQuestion):
            return "accept" if self.accept else "reject"
        return self.prompt


@pytest.fixture
def user() -> User:
    """The user that answers the adapter's questions."""
    one = User()
    one.may_answer.set()
    return one


@pytest.fixture
def openssh(tmp_path: Path, timeline: Timeline, user: User) -> Iterator[Adapter]:
    """The openssh adapter, in a folder of its own."""
    limits = Limits(hello=20, write=1, stop=3)
    with Adapter.start(
        resolve("openssh"), folder=tmp_path, environment={}, timeline=timeline, answer=user, limits=limits
    ) as adapter:
        yield adapter


@pytest.fixture
def profile(tmp_path: Path, bastion: Bastion, target_port: int) -> Profile:
    """A password login through the bastion, whose host key is not yet known."""
    return Profile(
        ssh=Endpoint(host="127.0.0.1", port=bastion.port, user="alice"),
        auth=PasswordAuth(password=bastion.password),
        host_keys=HostKeys(file=str(tmp_path / "known_hosts")),
        target=Target(host="127.0.0.1", port=target_port),
        timeouts=Timeouts(connect=30),
    )


def carries(host: str, port: int) -> bool:
    """Tell whether bytes come back through a tunnel; raises ConnectionRefusedError where nobody listens."""
    with socket.create_connection((host, port), timeout=30) as connection:
        try:
            connection.sendall(b"hello")
            connection.shutdown(socket.SHUT_WR)
            return connection.recv(16) == b"hello"
        except OSError:  # a reset may come before any of these calls, and shutdown then says ENOTCONN
            return False


@pytest.fixture
def works() -> object:
    """The check that a tunnel carries bytes."""
    return carries
