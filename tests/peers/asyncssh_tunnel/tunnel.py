"""One tunnel: from the request to its end, with all that is between a loss and the next login."""

from __future__ import annotations

import asyncio
import errno
import socket
from typing import TYPE_CHECKING, Any

from asyncssh_tunnel.chain import Chain
from asyncssh_tunnel.failure import Failure
from asyncssh_tunnel.forward import Forwarder

if TYPE_CHECKING:
    from asyncssh_tunnel.profile import Profile
    from asyncssh_tunnel.user import User

_LOOPBACK = ("127.0.0.1", "::1")


class Tunnel:
    """Listens while it is connected, and keeps its port while it reconnects."""

    def __init__(self, name: str, profile: Profile, user: User) -> None:
        self._name = name
        self._profile = profile
        self._user = user
        self._forwarder = Forwarder(
            profile.target, profile.open_seconds, len(profile.servers) - 1, self._note_failed_channel
        )
        self._listeners: list[asyncio.Server] = []
        self._chain: Chain | None = None
        self._delay, self._waited = profile.first_delay, 0.0
        self._ready: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._life: asyncio.Task[None] | None = None
        self.status: dict[str, Any] = {"state": "connecting"}

    @property
    def is_alive(self) -> bool:
        """Whether it opens, works or reconnects."""
        return self._life is not None and not self._life.done()

    async def open(self) -> dict[str, Any]:
        """Connect; return where it listens. Raises Failure."""
        self._life = asyncio.create_task(self._live())
        return await asyncio.shield(self._ready)

    async def close(self) -> None:
        """End it for good."""
        if self._life is not None and not self._life.done():
            self._life.cancel()
            await asyncio.wait({self._life})
        self._become("closed")

    async def _live(self) -> None:
        end: Failure | None = None
        try:
            self._become("connecting")
            await self._open()
            await self._stay_connected()
        except Failure as failure:
            end = failure
        except asyncio.CancelledError:
            end = Failure("cancelled", "the tunnel was closed while it opened")
        await self._clear()
        if end is not None and end.code != "cancelled":
            self._become("failed", end)
        if not self._ready.done() and end is not None:
            self._ready.set_exception(end)

    async def _open(self) -> None:
        for one in await self._bind():
            self._listeners.append(await asyncio.start_server(self._forwarder.accept, sock=one, start_serving=False))
        await self._connect(again=True)
        try:
            for listener in self._listeners:
                await listener.start_serving()
        except OSError as error:
            raise _cannot_listen(error, self._profile.local) from None
        host, port = self._listeners[0].sockets[0].getsockname()[:2]
        self._ready.set_result({"host": host, "port": port})
        self._become("connected")

    async def _connect(self, *, again: bool) -> None:
        self._chain = await Chain.connect(self._profile, self._user, self._name, again=again)
        self._forwarder.chain = self._chain

    async def _stay_connected(self) -> None:
        """Connect again after each loss. Raises Failure when that is over."""
        loop = asyncio.get_running_loop()
        while self._chain is not None:
            since = loop.time()
            failure = await self._chain.lost
            if loop.time() - since > self._waited:
                self._delay = self._profile.first_delay
            self._forwarder.chain = None
            await self._forwarder.drop()
            await self._chain.close()
            await self._reconnect(failure)
            self._become("connected")

    async def _reconnect(self, failure: Failure) -> None:
        for _ in range(self._profile.attempts):
            self._become("reconnecting", failure)
            self._waited = min(self._delay, self._profile.max_delay)
            self._delay = self._waited * 2
            await asyncio.sleep(self._waited)
            try:
                return await self._connect(again=False)
            except Failure as again:
                if not again.passes:
                    raise
                failure = again
        raise failure

    async def _bind(self) -> list[socket.socket]:
        """Take the port at every address of the local host, without listening there yet."""
        host, port = self._profile.local
        bound: list[socket.socket] = []
        try:
            infos = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
            if host.lower() == "localhost" and socket.has_ipv6:  # either family, whatever is in hosts(5): RFC 6761
                infos = [info for one in _LOOPBACK for info in socket.getaddrinfo(one, port, type=socket.SOCK_STREAM)]
            for family, kind, protocol, _, address in infos:
                bound.append(one := socket.socket(family, kind, protocol))
                one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                if family == socket.AF_INET6:
                    one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                one.bind((address[0], port or bound[0].getsockname()[1], *address[2:]))
        except OSError as error:
            for one in bound:
                one.close()
            raise _cannot_listen(error, self._profile.local) from None
        return bound

    async def _clear(self) -> None:
        self._forwarder.chain = None
        for listener in self._listeners:
            listener.close()
        await self._forwarder.drop()
        if self._chain is not None:
            await self._chain.close()

    def _note_failed_channel(self, failure: Failure) -> None:
        self.status = {**self.status, "error": failure.as_json()}

    def _become(self, state: str, failure: Failure | None = None) -> None:
        why = {} if failure is None else {"error": failure.as_json()}
        listening = self._ready.done() and not self._ready.cancelled() and state in {"connected", "reconnecting"}
        self.status = {"state": state, **(self._ready.result() if listening else {}), **why}
        self._user.tell({"event": "state", "tunnel": self._name, "state": state, **why})


def _cannot_listen(error: OSError, local: tuple[str, int]) -> Failure:
    if error.errno == errno.EADDRINUSE:
        return Failure("port-in-use", f"the local port {local[1]} is taken; choose another one")
    return Failure("bad-profile", f"the local address {local[0]} cannot be used: {error.strerror}")
