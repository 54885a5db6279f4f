"""What one connection's client may ask of an embedded bastion: channels to where its routes lead, nothing else."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, cast

import asyncssh

from harness.world.embedded.bastion.forward import ChannelSide
from harness.world.embedded.machines.control import say

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from harness.world.embedded.bastion.forward import TargetSide
    from harness.world.embedded.bastion.login import LoginSession
    from harness.world.embedded.bastion.routes import Routes

_TCP = "direct-tcpip"
_HIGHEST_PORT = 0xFFFF
_SOCKET = "direct-streamlocal@openssh.com"


def tell(event: str, **detail: str) -> None:
    """Say that something was seen, as an event of :class:`harness.world.fabric.ServerEvent`."""
    say({"event": event, "at": time.monotonic(), "detail": detail})


class Owner(asyncssh.SSHServer):
    """What asyncssh asks of one connection's server; ``sessions`` has the connections that there are."""

    def __init__(self, sessions: set[LoginSession], routes: Routes) -> None:
        self._sessions = sessions
        self._routes = routes
        self._session: LoginSession
        self._opening: set[asyncio.Task[None]] = set()

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        """Take note of a new connection."""
        self._session = cast("LoginSession", conn)
        self._sessions.add(self._session)
        host, port = conn.get_extra_info("peername")[:2]
        tell("connected", peer=f"{host}:{port}")

    def connection_lost(self, exc: Exception | None) -> None:
        """Take note of its end; what it was still connecting to is given up."""
        for task in self._opening:
            task.cancel()
        self._session.ended()
        self._sessions.discard(self._session)
        tell("disconnected", reason=str(exc or ""))

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:  # noqa: ARG002 -- asyncssh's signature
        """Tell whether a key may be used to log in."""
        return key.public_data in self._session.door.keys.user

    def validate_ca_key(self, username: str, key: asyncssh.SSHKey) -> bool:  # noqa: ARG002 -- asyncssh's signature
        """Tell whether a certificate signed by ``key`` may; asyncssh looks at its principals and its dates."""
        return key.public_data in self._session.door.keys.authorities

    def session_requested(self) -> bool:
        """Refuse: a tunnel needs no session."""
        tell("channel", type="session")
        return False

    def connection_requested(
        self, dest_host: str, dest_port: int, orig_host: str, orig_port: int
    ) -> Awaitable[asyncssh.SSHTCPSession[bytes]]:
        """Open a ``direct-tcpip`` channel; sshd prohibits a port that TCP does not have (serverloop.c of OpenSSH)."""
        tell("channel", type=_TCP, host=dest_host, port=str(dest_port), originator=f"{orig_host}:{orig_port}")
        valid = dest_port <= _HIGHEST_PORT and orig_port <= _HIGHEST_PORT
        allowed = valid and self._session.door.policy.permits(dest_host, dest_port)
        return self._open(_TCP, lambda: self._routes.connect(dest_host, dest_port), allowed=allowed)

    def unix_connection_requested(self, dest_path: str) -> Awaitable[asyncssh.SSHUNIXSession[bytes]]:
        """Open a channel to a Unix domain socket ([PROTOCOL] of OpenSSH, section 2.4)."""
        tell("channel", type=_SOCKET, path=dest_path)
        allowed = self._session.door.policy.socket_forwarding
        opening = self._open(_SOCKET, lambda: self._routes.connect_socket(dest_path), allowed=allowed)
        # asyncssh's two kinds of session differ only in the type of the channel that they are told
        return cast("Awaitable[asyncssh.SSHUNIXSession[bytes]]", opening)

    def server_requested(self, listen_host: str, listen_port: int) -> bool:  # noqa: ARG002 -- asyncssh's signature
        """Refuse remote forwarding."""
        return False

    async def _open(self, channel: str, connect: Callable[[], Awaitable[TargetSide]], *, allowed: bool) -> ChannelSide:
        """Connect to where a channel leads, unless its session ends before. Raises ChannelOpenError."""
        if not allowed:
            raise asyncssh.ChannelOpenError(asyncssh.OPEN_ADMINISTRATIVELY_PROHIBITED, "open failed")
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 -- for the type checker: a coroutine always runs in a task
        self._opening.add(task)
        try:
            target = await connect()
        finally:
            self._opening.discard(task)
        return ChannelSide(target, self._session.door.policy.channel_timeouts.get(channel, 0))
