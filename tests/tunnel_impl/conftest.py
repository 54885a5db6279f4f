"""Real peers for the reference tunnel: an asyncssh server, a link that can be broken, a target, an agent."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
import socket
import struct
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar

import asyncssh
import pytest

from tunnel_impl import Profile, Question, Tunnel
from tunnel_impl.totp import Spent

_T = TypeVar("_T")
Connected = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
LOOPBACK = "127.0.0.1"
PATIENCE = 10.0


class Loop:
    """An event loop in a thread of its own."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, name="peers", daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, _T]) -> _T:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(PATIENCE)

    def stop(self) -> None:
        self.run(self._end_tasks())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(PATIENCE)
        self.loop.close()

    async def _end_tasks(self) -> None:
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class Bastion(asyncssh.SSHServer):
    """The rules of one SSH server; asyncssh makes a session object of it for each connection."""

    def __init__(self, site: Site) -> None:
        self.site = site

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self.conn = conn
        self.passed = 0
        self.answers: list[list[str]] = []
        self._let_in = conn.send_userauth_success
        conn.send_userauth_success = self._step_passed  # type: ignore[method-assign]  # asyncssh has no hook for it
        self.site.sessions.append(conn)

    async def _step_passed(self) -> None:
        """Let the user in, or ask for the next of ``site.steps`` (RFC 4252 section 5.1)."""
        self.passed += 1
        if self.passed < len(self.site.steps):
            self.conn.send_userauth_failure(partial_success=True)
        else:
            await self._let_in()

    def _wants(self, method: str, *, otherwise: bool) -> bool:
        return self.site.steps[self.passed] == method if self.site.steps else otherwise

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        self.site.sessions.remove(self.conn)
        self.site.changed.set()

    def password_auth_supported(self) -> bool:
        return self._wants("password", otherwise=self.site.password_offered)

    def validate_password(self, username: str, password: str) -> bool:
        del username
        self.site.credentials.append(password)
        return password == self.site.password

    def public_key_auth_supported(self) -> bool:
        return self._wants("publickey", otherwise=bool(self.site.authorized))

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        del username
        self.site.credentials.append(key.get_fingerprint())
        if len(self.site.credentials) > self.site.most_keys:
            self.conn.disconnect(2, "Too many authentication failures")
        return key.public_data in self.site.authorized

    def kbdint_auth_supported(self) -> bool:
        return self._wants("keyboard-interactive", otherwise=bool(self.site.rounds))

    def get_kbdint_challenge(self, *_: str) -> Any:
        self.answers = []
        return self._next_round()

    def validate_kbdint_response(self, username: str, responses: list[str]) -> Any:
        del username
        self.site.credentials.extend(responses)
        self.answers.append(responses)
        return self._next_round()

    def _next_round(self) -> Any:
        """Ask each of ``site.rounds``, and decide after the last."""
        if len(self.answers) < len(self.site.rounds):
            return "", self.site.instruction, "", self.site.rounds[len(self.answers)]
        return self.site.decide(self.answers)

    def connection_requested(self, host: str, port: int, *_: object) -> Any:
        self.site.channels.append((host, port))
        if self.site.refusal:
            raise self.site.refusal
        return self.site.before_forwarding(self.conn, host, port) if self.site.before_forwarding else True


class Site:
    """A running SSH server, and what it saw."""

    def __init__(self, loop: Loop, *host_keys: asyncssh.SSHKey) -> None:
        self.loop = loop
        self.user, self.password = "deploy", secrets.token_hex(8)
        self.password_offered = True
        self.authorized: set[bytes] = set()
        self.steps: tuple[str, ...] = ()
        self.rounds: list[list[tuple[str, bool]]] = []
        self.instruction = ""
        self.login_timeout: float = 120
        self.most_keys = 1000
        self.responses: list[str] = []
        self.decide: Callable[[list[list[str]]], bool] = lambda answers: [*chain(*answers)] == self.responses
        self.refusal: asyncssh.ChannelOpenError | None = None
        self.before_forwarding: Callable[[Any, str, int], Any] | None = None
        self.sessions: list[asyncssh.SSHServerConnection] = []
        self.credentials: list[str] = []
        self.channels: list[tuple[str, int]] = []
        self.changed = threading.Event()
        self.port = 0
        self.start(*host_keys)

    def start(self, *host_keys: asyncssh.SSHKey) -> None:
        self.host_keys = host_keys or (asyncssh.generate_private_key("ssh-ed25519"),)
        self._server = self.loop.run(self._listen())
        self.port = self._server.get_port()

    def stop(self) -> None:
        self.loop.run(self._stop())

    def authorize(self, key: asyncssh.SSHKey) -> None:
        self.authorized.add(key.public_data)

    async def _listen(self) -> asyncssh.SSHAcceptor:
        return await asyncssh.listen(
            LOOPBACK,
            self.port,
            server_factory=lambda: Bastion(self),
            server_host_keys=list(self.host_keys),
            gss_host=None,
            login_timeout=self.login_timeout,
            reuse_address=True,
        )

    async def _stop(self) -> None:
        self._server.close()
        for session in list(self.sessions):
            session.abort()
        await self._server.wait_closed()


class Port:
    """A TCP server in the loop: each connection is a call of ``serve``."""

    def __init__(self, loop: Loop, serve: Connected) -> None:
        self.loop, self.serve = loop, serve
        self.seen = 0
        self.open = 0
        self.port = loop.run(self._listen())

    def stop(self) -> None:
        self.loop.run(self._stop())

    def start(self) -> None:
        self.loop.run(self._listen(self.port))

    async def _listen(self, port: int = 0) -> int:
        self._server = await asyncio.start_server(self._serve, LOOPBACK, port)
        return int(self._server.sockets[0].getsockname()[1])

    async def _stop(self) -> None:
        self._server.close()
        await asyncio.sleep(0)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.seen += 1
        self.open += 1
        try:
            await self.serve(reader, writer)
        except OSError:
            pass
        finally:
            self.open -= 1
            writer.close()


class Link:
    """The way to ``port``: can be cut, and can fall silent."""

    def __init__(self, loop: Loop, port: int) -> None:
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._to = port
        self.sent_by_client: list[float] = []
        self.door = Port(loop, self._carry)
        self.port = self.door.port
        self._loop = loop

    def stall(self) -> None:
        self._loop.loop.call_soon_threadsafe(self._flowing.clear)

    def resume(self) -> None:
        self._loop.loop.call_soon_threadsafe(self._flowing.set)

    def cut(self) -> None:
        self.door.stop()
        self._loop.run(self._end_all())

    def mend(self) -> None:
        self.door.start()

    async def _end_all(self) -> None:
        for writer in list(self._writers):
            writer.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(LOOPBACK, self._to)
        self._writers |= {writer, far_writer}
        try:
            await asyncio.gather(
                self._copy(reader, far_writer, self.sent_by_client), self._copy(far_reader, writer, [])
            )
        finally:
            self._writers -= {writer, far_writer}
            far_writer.close()

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, times: list[float]) -> None:
        try:
            while data := await reader.read(1 << 16):
                times.append(time.monotonic())
                await self._flowing.wait()
                writer.write(data)
                await writer.drain()
        finally:
            writer.close()


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Send back what comes, to the end."""
    while data := await reader.read(1 << 16):
        writer.write(data)
        await writer.drain()


class World:
    """What a test builds with; everything is taken down after it."""

    def __init__(self, loop: Loop, folder: Path, stack: contextlib.ExitStack) -> None:
        self.loop, self.folder, self._stack = loop, folder, stack
        self.known_hosts = folder / "known_hosts"
        self.questions: list[Question] = []
        self.answer: str | None = "accept"
        self.states: list[tuple[str, str | None]] = []
        self.state_changed = threading.Condition()

    def at_end(self, call: Callable[[], object]) -> None:
        self._stack.callback(call)

    def site(self, *host_keys: asyncssh.SSHKey) -> Site:
        site = Site(self.loop, *host_keys)
        self._stack.callback(site.stop)
        return site

    def target(self, serve: Connected = echo) -> Port:
        port = Port(self.loop, serve)
        self._stack.callback(port.stop)
        return port

    def link(self, port: int) -> Link:
        link = Link(self.loop, port)
        self._stack.callback(link.cut)
        return link

    def profile(self, site: Site, target: int, /, **changes: Any) -> Profile:
        data: dict[str, Any] = {
            "ssh": {"host": LOOPBACK, "port": site.port, "user": site.user},
            "auth": {"method": "password", "password": site.password},
            "host_keys": {"file": str(self.known_hosts)},
            "target": {"host": LOOPBACK, "port": target},
            "reconnect": {"attempts": 3, "first_delay": 0.05, "max_delay": 0.2},
            "timeouts": {"connect": 2, "open": 1},
        }
        return Profile.parse(data | changes)

    def tunnel(self, profile: Profile, tunnel_class: type[Tunnel] = Tunnel) -> Tunnel:
        tunnel = tunnel_class(profile, self.ask, self._on_state)
        self._stack.callback(tunnel.close)
        return tunnel

    def open(self, site: Site, target: int, /, **changes: Any) -> Tunnel:
        tunnel = self.tunnel(self.profile(site, target, **changes))
        tunnel.open()
        return tunnel

    def ask(self, question: Question) -> str | None:
        self.questions.append(question)
        return self.answer

    def _on_state(self, state: str, error: Any) -> None:
        with self.state_changed:
            self.states.append((state, error.code if error else None))
            self.state_changed.notify_all()

    def wait_for_state(self, state: str, times: int = 1) -> None:
        with self.state_changed:
            came = self.state_changed.wait_for(lambda: [s for s, _ in self.states].count(state) >= times, PATIENCE)
        assert came, f"never {state}: {self.states}"

    @staticmethod
    def connect(tunnel: Tunnel) -> socket.socket:
        """Return a connection to the tunnel's endpoint."""
        endpoint = tunnel.status().endpoint
        assert endpoint, tunnel.status()
        return socket.create_connection((endpoint.host, endpoint.port), PATIENCE)

    @staticmethod
    def read_all(sock: socket.socket) -> bytes:
        """Return everything up to the end."""
        return b"".join(iter(lambda: sock.recv(1 << 16), b""))

    def echoes(self, tunnel: Tunnel, data: bytes = b"hello") -> bool:
        """Tell whether ``data`` comes back whole."""
        with self.connect(tunnel) as sock:
            sock.sendall(data)
            sock.shutdown(socket.SHUT_WR)
            return self.read_all(sock) == data

    @staticmethod
    def reset(sock: socket.socket) -> None:
        """Close with a TCP RST."""
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        sock.close()

    @staticmethod
    def ends(sock: socket.socket) -> bool:
        """Wait until the other side closes; a reset counts."""
        try:
            return sock.recv(1) == b""
        except ConnectionResetError:
            return True

    @staticmethod
    def drains(sock: socket.socket) -> bool:
        """Read to the end, a reset counts."""
        with contextlib.suppress(ConnectionResetError):
            while sock.recv(1 << 16):
                pass
        return True

    @staticmethod
    def eventually(holds: Callable[[], bool]) -> None:
        """Wait until something that no event tells holds."""
        until = time.monotonic() + PATIENCE
        while not holds():
            assert time.monotonic() < until, "it never came about"
            threading.Event().wait(0.01)

    def key(self, kind: str = "ssh-ed25519", **export: Any) -> tuple[asyncssh.SSHKey, Path]:
        key = asyncssh.generate_private_key(kind, **({"key_size": 2048} if kind == "ssh-rsa" else {}))
        file = self.folder / f"key-{secrets.token_hex(4)}"
        file.write_bytes(key.export_private_key(**export))
        return key, file


@pytest.fixture(autouse=True)
def no_code_was_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget the codes of other tests, which share the process."""
    monkeypatch.setattr("tunnel_impl.totp._SPENT", Spent())


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
