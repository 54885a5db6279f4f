"""A real SSH server (asyncssh), whose rules a test sets, and which tells what it saw."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from itertools import chain
from typing import Any

import asyncssh

from .event_loop import Loop

LOOPBACK = "127.0.0.1"


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

    def begin_auth(self, username: str) -> bool:
        del username
        for _ in range(self.site.banners if self.site.banner else 0):
            self.conn.send_auth_banner(self.site.banner)
        return not self.site.anyone

    def password_auth_supported(self) -> bool:
        return self._wants("password", otherwise=self.site.password_offered)

    def validate_password(self, username: str, password: str) -> bool:
        del username
        self.site.credentials.append(password)
        return password == self.site.password

    def public_key_auth_supported(self) -> bool:
        return self._wants("publickey", otherwise=bool(self.site.authorized or self.site.authorities))

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        del username
        self.site.credentials.append(key.get_fingerprint())
        if len(self.site.credentials) > self.site.most_keys:
            self.conn.disconnect(2, "Too many authentication failures")
        return key.public_data in self.site.authorized

    def validate_ca_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        del username
        self.site.certificates += 1
        return key.public_data in self.site.authorities

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
            return self.site.name, self.site.instruction, "", self.site.rounds[len(self.answers)]
        return self.site.decide(self.answers)

    def connection_requested(self, host: str, port: int, *_: object) -> Any:
        self.site.channels.append((host, port))
        if self.site.refusal:
            raise self.site.refusal
        return self.site.before_forwarding(self.conn, host, port) if self.site.before_forwarding else True

    def unix_connection_requested(self, dest_path: str) -> bool:
        self.site.channels.append((dest_path, 0))
        if self.site.refusal:
            raise self.site.refusal
        return True


class Site:
    """A running SSH server, and what it saw."""

    def __init__(self, loop: Loop, *host_keys: asyncssh.SSHKey) -> None:
        self.loop = loop
        self.user, self.password = "deploy", secrets.token_hex(8)
        self.password_offered = True
        self.anyone = False
        self.authorized: set[bytes] = set()
        self.authorities: set[bytes] = set()
        self.certificates = 0
        self.steps: tuple[str, ...] = ()
        self.rounds: list[list[tuple[str, bool]]] = []
        self.name = self.instruction = ""
        self.banner = ""
        self.banners = 1
        self.signatures: tuple[str, ...] = ()
        self.algorithms: dict[str, list[str]] = {}
        self.rekey_bytes = 1 << 30
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

    def restrict(self, **algorithms: list[str]) -> None:
        """Offer these algorithms only, from the next session on."""
        self.stop()
        self.algorithms = algorithms
        self.start(*self.host_keys)

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
            signature_algs=self.signatures,
            rekey_bytes=self.rekey_bytes,
            reuse_address=True,
            **self.algorithms,
        )

    async def _stop(self) -> None:
        self._server.close()
        for session in list(self.sessions):
            session.abort()
        await self._server.wait_closed()
