"""An embedded bastion: an SSH server process, run as ``python -m harness.world.embedded.bastion``.

Configuration: ``{"port": 20002, "hosts": {"target.internal": {"7000": 20003}}, "setup": {...}}``: the port to
listen on (127.0.0.1), the only names that this bastion resolves, with the ports that do not refuse and the
loopback port behind each, and a setup: ``user``, ``password``, ``authorized_keys``, ``host_keys`` (private),
``methods``, ``policy``, ``dialogue``, ``totp``, as in :class:`harness.world.fabric.BastionSetup`, and ``memory``:
the codes and attempts that a bastion before this one remembered.

Requests: ``setup`` (setup): end every session and serve the next with this setup · ``host-keys`` (host_keys):
show these to new connections, sessions go on → ``public``, what is shown · ``listen`` (on): accept connections,
or let the kernel refuse them · ``sessions`` → ``count``, the authenticated connections.
Events: those of :class:`harness.world.fabric.ServerEvent`, as ``event``, ``at``, ``detail``; and ``memory``, whose
``detail`` is what to give to the bastion that follows this one.

``direct-tcpip`` channels only. As in sshd: a name that does not resolve and a port that refuses are
SSH_OPEN_CONNECT_FAILED, what the policy forbids is SSH_OPEN_ADMINISTRATIVELY_PROHIBITED.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any, cast

import asyncssh

from harness.world.embedded.control import Control, say
from harness.world.embedded.forward import ChannelSide, TargetSide
from harness.world.embedded.login import Door, Session
from harness.world.embedded.totp import Memory, SecondFactor

if TYPE_CHECKING:
    from collections.abc import Awaitable, Mapping

_HOST = "127.0.0.1"
_BACKLOG = 128
_NO_LIMIT = 1 << 30
_ENDING = 2.0
_CIPHERS = ("aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "aes128-ctr", "aes256-ctr")
_SIGNATURES = (
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "rsa-sha2-512",
    "rsa-sha2-256",
)
"""As in OpenSSH since 8.8: no ssh-rsa, which signs with SHA-1."""


def _tell(event: str, **detail: str) -> None:
    say({"event": event, "at": time.monotonic(), "detail": detail})


class Owner(asyncssh.SSHServer):
    """What asyncssh asks of one connection's server."""

    def __init__(self, bastion: Bastion) -> None:
        self._bastion = bastion
        self._session: Session

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        """Take note of a new connection."""
        self._session = cast("Session", conn)
        self._bastion.sessions.add(self._session)
        host, port = conn.get_extra_info("peername")[:2]
        _tell("connected", peer=f"{host}:{port}")

    def connection_lost(self, exc: Exception | None) -> None:
        """Take note of its end."""
        self._bastion.ended(self._session)
        _tell("disconnected", reason=str(exc or ""))

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:  # noqa: ARG002 -- asyncssh's signature
        """Tell whether a key may be used to log in."""
        return key.public_data in self._session.door.authorized

    def session_requested(self) -> bool:
        """Refuse: a tunnel needs no session."""
        _tell("channel", type="session")
        return False

    def connection_requested(
        self, dest_host: str, dest_port: int, orig_host: str, orig_port: int
    ) -> Awaitable[asyncssh.SSHTCPSession[bytes]]:
        """Open a ``direct-tcpip`` channel."""
        _tell(
            "channel",
            type="direct-tcpip",
            host=dest_host,
            port=str(dest_port),
            originator=f"{orig_host}:{orig_port}",
        )
        if not self._session.door.policy.permits(dest_host, dest_port):
            raise asyncssh.ChannelOpenError(asyncssh.OPEN_ADMINISTRATIVELY_PROHIBITED, "open failed")
        return self._bastion.forward(dest_host, dest_port)

    def server_requested(self, listen_host: str, listen_port: int) -> bool:  # noqa: ARG002 -- asyncssh's signature
        """Refuse remote forwarding."""
        return False


class Bastion:
    """The server: its door, its host keys, its sessions."""

    def __init__(self, configuration: Mapping[str, Any]) -> None:
        self.sessions: set[Session] = set()
        self._port = configuration["port"]
        self._hosts: Mapping[str, Mapping[str, int]] = configuration["hosts"]
        self._setup: Mapping[str, Any] = configuration["setup"]
        self._door: Door
        self._options: asyncssh.SSHServerConnectionOptions
        self._factor = _factor(self._setup)
        self._server: asyncio.Server | None = None
        self._empty = asyncio.Event()

    async def start(self) -> None:
        """Listen. Raises OSError, or ValueError for a setup that cannot be served."""
        await self._furnish(self._setup)
        await self.listen()

    async def listen(self) -> None:
        """Accept connections. Raises OSError."""
        if self._server is None:
            loop = asyncio.get_running_loop()
            self._server = await loop.create_server(self._accept, _HOST, self._port, backlog=_BACKLOG)

    def refuse(self) -> None:
        """Stop listening, so that the kernel refuses; sessions go on."""
        if self._server is not None:
            self._server.close()
            self._server = None

    def _accept(self) -> Session:
        return Session(asyncio.get_running_loop(), self._options, self._door, self._factor, self._tell)

    def _tell(self, event: str, **detail: str) -> None:
        _tell(event, **detail)
        if event == "answer":
            say({"event": "memory", "detail": self._factor.memory.document()})

    async def obey(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Carry out one request. Raises ValueError when it cannot be."""
        match request:
            case {"do": "setup", "setup": dict(setup)}:
                await self._end_sessions()
                self._factor = _factor(setup)
                if setup != self._setup:
                    await self._furnish(setup)
                await self.listen()
            case {"do": "host-keys", "host_keys": list(host_keys)}:
                return {"public": await self._furnish({**self._setup, "host_keys": host_keys})}
            case {"do": "listen", "on": True}:
                await self.listen()
            case {"do": "listen", "on": False}:
                self.refuse()
            case {"do": "sessions"}:
                return {"count": sum(session.authenticated for session in self.sessions)}
            case _:
                raise ValueError(f"not a request to a bastion: {request.get('do')}")
        return {}

    def ended(self, session: Session) -> None:
        """Forget a session."""
        self.sessions.discard(session)
        if not self.sessions:
            self._empty.set()

    async def forward(self, host: str, port: int) -> asyncssh.SSHTCPSession[bytes]:
        """Connect to where ``host`` and ``port`` lead. Raises ChannelOpenError."""
        if host not in self._hosts:
            raise asyncssh.ChannelOpenError(asyncssh.OPEN_CONNECT_FAILED, "Name or service not known")
        try:
            through = self._hosts[host][str(port)]
            _, target = await asyncio.get_running_loop().create_connection(TargetSide, _HOST, through)
        except (KeyError, OSError) as error:
            raise asyncssh.ChannelOpenError(asyncssh.OPEN_CONNECT_FAILED, "Connection refused") from error
        return ChannelSide(target)

    async def _end_sessions(self) -> None:
        self._empty.clear()
        for session in list(self.sessions):
            session.abort()
        if self.sessions:
            async with asyncio.timeout(_ENDING):
                await self._empty.wait()

    async def _furnish(self, setup: Mapping[str, Any]) -> list[str]:
        """Serve new connections with ``setup`` and return the public host keys that they are shown."""
        door = Door.read(setup)
        policy = door.policy
        host_keys = [asyncssh.import_private_key(key) for key in setup["host_keys"]]
        self._options = await asyncssh.SSHServerConnectionOptions.construct(
            config=None,
            server_factory=lambda: Owner(self),
            server_host_keys=host_keys,
            encryption_algs=_CIPHERS,
            signature_algs=_SIGNATURES,
            compression_algs=None,
            authorized_client_keys=None,
            agent_forwarding=False,
            allow_pty=False,
            login_timeout=policy.grace,
            keepalive_interval=policy.alive_interval,
            keepalive_count_max=policy.alive_count or _NO_LIMIT,
            **({"rekey_bytes": policy.rekey_bytes} if policy.rekey_bytes else {}),
            **({"rekey_seconds": policy.rekey_seconds} if policy.rekey_seconds else {}),
        )
        self._door, self._setup = door, setup
        return [" ".join(key.export_public_key().decode().split()[:2]) for key in host_keys]


def _factor(setup: Mapping[str, Any]) -> SecondFactor:
    return SecondFactor(setup["totp"], Memory.read(setup["memory"]))


async def _main() -> None:
    control = await Control.connect()
    bastion = Bastion(await control.configuration())
    await bastion.start()
    say({"ready": {}})
    await control.serve(bastion.obey)
    bastion.refuse()


if __name__ == "__main__":
    asyncio.run(_main())
