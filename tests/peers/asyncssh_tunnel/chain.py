"""The way to the last server: a login at each hop, kept alive, and its end."""

from __future__ import annotations

import asyncio
import errno
import random
import re
import socket
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import asyncssh

from asyncssh_tunnel import credentials
from asyncssh_tunnel.failure import Failure
from asyncssh_tunnel.keepalive import keep_alive
from asyncssh_tunnel.login import Login

if TYPE_CHECKING:
    from collections.abc import Callable

    from asyncssh_tunnel.credentials import Credentials
    from asyncssh_tunnel.profile import Profile
    from asyncssh_tunnel.user import User

_GOODBYE_SECONDS = 0.5
_AGAIN_SECONDS = 0.2

_TOO_MANY = re.compile(r"too many auth", re.IGNORECASE)
"""What servers say instead of the last refusal (sshd_config(5), MaxAuthTries)."""

_UNRESOLVED = re.compile(r"resol|not known|no address|getaddrinfo|name or service", re.IGNORECASE)


class Chain:
    """The connections of one tunnel, the last of which leads to the target; ``lost`` says why it ended."""

    def __init__(self) -> None:
        self.lost: asyncio.Future[Failure] = asyncio.get_running_loop().create_future()
        self._conns: list[asyncssh.SSHClientConnection] = []
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def last(self) -> asyncssh.SSHClientConnection:
        """The connection to the last server."""
        return self._conns[-1]

    @classmethod
    async def connect(cls, profile: Profile, user: User, tunnel: str, *, again: bool = False) -> Chain:
        """Log in at every hop. Raises Failure.

        ``again``: a server that drops the connection before its first byte, as a busy one does (sshd_config(5)
        MaxStartups), is dialled again within the time limit.
        """
        chain = cls()
        shown: list[Credentials] = []
        try:
            for hop, server in enumerate(profile.servers):
                try:
                    shown.append(await credentials.load(server.auth, profile.connect_seconds))
                except Failure as failure:
                    raise failure.at(hop) from None
            for hop, one in enumerate(shown):
                await chain._add(hop, profile, one, user, tunnel, again=again)
        except BaseException:
            await chain.close()
            raise
        finally:
            for one in shown:
                one.close()
        return chain

    async def _add(
        self, hop: int, profile: Profile, shown: Credentials, user: User, tunnel: str, *, again: bool
    ) -> None:
        before = self._conns[-1] if self._conns else None

        def new(limit: asyncio.Timeout) -> Login:
            return Login(hop, profile, shown, user, tunnel, limit)

        conn, login = await _log_in(hop, profile, new, before, again=again)
        self._conns.append(conn)
        login.lost.add_done_callback(lambda ended: self._ended(hop, ended.result()))
        interval, count = profile.keepalive
        if interval:
            self._tasks.append(asyncio.create_task(self._watch(hop, conn, interval, count)))

    async def _watch(self, hop: int, conn: asyncssh.SSHClientConnection, interval: float, count: int) -> None:
        await keep_alive(conn, interval, count)
        self._ended(hop, ConnectionError(f"no answer to {count} keep-alives"))

    def _ended(self, hop: int, why: Exception | None) -> None:
        if not self.lost.done():
            said = str(why or "it was closed by the server")
            self.lost.set_result(Failure("connection-lost", f"the connection to server {hop} ended: {said}", hop))

    async def close(self) -> None:
        """End every connection, the last first; at most half a second is spent on good manners."""
        for task in self._tasks:
            task.cancel()
        if not self.lost.done():
            self.lost.cancel()
        conns, self._conns = self._conns[::-1], []
        for conn in conns:
            conn.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(_GOODBYE_SECONDS):
                for conn in conns:
                    await conn.wait_closed()
        for conn in conns:
            conn.abort()


async def _log_in(
    hop: int,
    profile: Profile,
    new: Callable[[asyncio.Timeout], Login],
    before: asyncssh.SSHClientConnection | None,
    *,
    again: bool,
) -> tuple[asyncssh.SSHClientConnection, Login]:
    server = profile.servers[hop]
    limit = asyncio.timeout(profile.connect_seconds)
    login = new(limit)
    try:
        async with limit:
            while True:
                try:
                    return await asyncssh.connect(server.host, server.port, tunnel=before, **_options(login)), login
                except (OSError, asyncssh.DisconnectError) as error:
                    if not again or not _was_dropped(login, error):
                        raise
                await asyncio.sleep(_AGAIN_SECONDS * (1 + random.random()))  # noqa: S311 -- spreads what comes together
                login = new(limit)
    except TimeoutError:
        raise Failure(
            "timeout", f"no SSH server answered at {server.host} within {profile.connect_seconds:g} s", hop
        ) from None
    except (OSError, asyncssh.Error) as error:
        raise login.failure or _why(error, login, hop, server.host) from None


def _options(login: Login) -> dict[str, Any]:
    return {
        "client_factory": lambda: login,
        "username": login.user_name,
        "config": None,
        "known_hosts": ([], list(login.known.authorities), list(login.known.revoked)),
        "server_host_key_algs": login.known.algorithms,
        "preferred_auth": login.methods,
        "client_keys": None,
        "agent_path": None,
        "login_timeout": 0,
        "keepalive_interval": 0,
    }


def _was_dropped(login: Login, error: Exception) -> bool:
    return login.reached and login.heard_nothing and isinstance(error, asyncssh.ConnectionLost | ConnectionResetError)


def _why(error: Exception, login: Login, hop: int, host: str) -> Failure:
    match error:
        case asyncssh.ChannelOpenError():
            return Failure("jump-failed", f"the server before {host} does not lead to it: {error.reason}", hop)
        case asyncssh.PermissionDenied():
            return login.refusal()
        case asyncssh.HostKeyNotVerifiable():
            return Failure("host-key-unknown", f"{error.reason}; no authority in the store vouches for it", hop)
        case asyncssh.DisconnectError() if login.refused and not isinstance(error, asyncssh.ConnectionLost):
            return login.refusal()
        case asyncssh.DisconnectError() if login.trusted and _TOO_MANY.search(error.reason):
            return login.refusal()
        case socket.gaierror():
            return Failure("dns-failed", f"{host} cannot be found: {error.strerror}; check the name", hop)
        case OSError(errno=errno.ETIMEDOUT):
            return Failure("timeout", f"{host} does not answer; check the address and the firewall", hop)
        case OSError() if not login.reached:
            return Failure("connection-refused", f"{host} cannot be reached: {error}; check address and port", hop)
    if login.trusted:
        return Failure("connection-lost", f"{host} ended the connection during the login: {error}", hop)
    return Failure("handshake-failed", f"{host} does not speak SSH as expected: {error}", hop)


def target_failure(error: asyncssh.ChannelOpenError, hop: int) -> Failure:
    """Return why a channel to the target was not opened (RFC 4254 section 5.1)."""
    if error.code == asyncssh.OPEN_ADMINISTRATIVELY_PROHIBITED:
        return Failure("forward-prohibited", f"the server does not allow this target: {error.reason}", hop)
    if _UNRESOLVED.search(error.reason):
        return Failure("target-unresolved", f"the server does not know the target's name: {error.reason}", hop)
    if "timed out" in error.reason.lower():
        return Failure("timeout", f"the target does not answer the server: {error.reason}", hop)
    return Failure("forward-refused", f"nothing listens at the target, as the server sees it: {error.reason}", hop)
