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


class Tunnel:
    """Listens while it is connected, and keeps its port while it reconnects."""

    def __init__(self, name: str, profile: Profile, user: User) -> None:
        self._name = name
        self._profile = profile
        self._user = user
        self._forwarder = Forwarder(
            profile.target, profile.open_seconds, len(profile.servers) - 1, self._note_failed_channel
        )
        self._listener: asyncio.Server | None = None
        self._chain: Chain | None = None
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
        self._listener = await self._bind()
        await self._connect(again=True)
        try:
            await self._listener.start_serving()
        except OSError as error:
            raise _cannot_listen(error, self._profile.local) from None
        host, port = self._listener.sockets[0].getsockname()[:2]
        self._ready.set_result({"host": host, "port": port})
        self._become("connected")

    async def _connect(self, *, again: bool) -> None:
        self._chain = await Chain.connect(self._profile, self._user, self._name, again=again)
        self._forwarder.chain = self._chain

    async def _stay_connected(self) -> None:
        """Connect again after each loss. Raises Failure when that is over."""
        while self._chain is not None:
            failure = await self._chain.lost
            self._forwarder.chain = None
            await self._forwarder.drop()
            await self._chain.close()
            await self._reconnect(failure)
            self._become("connected")

    async def _reconnect(self, failure: Failure) -> None:
        delay = self._profile.first_delay
        for _ in range(self._profile.attempts):
            self._become("reconnecting", failure)
            await asyncio.sleep(min(delay, self._profile.max_delay))
            try:
                return await self._connect(again=False)
            except Failure as again:
                if not again.passes:
                    raise
                failure, delay = again, delay * 2
        raise failure

    async def _bind(self) -> asyncio.Server:
        host, port = self._profile.local
        try:
            infos = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
            family, kind, protocol, _, address = infos[0]
            listener = socket.socket(family, kind, protocol)
            try:
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                listener.bind(address)
            except BaseException:
                listener.close()
                raise
        except OSError as error:
            raise _cannot_listen(error, self._profile.local) from None
        return await asyncio.start_server(self._forwarder.accept, sock=listener, start_serving=False)

    async def _clear(self) -> None:
        self._forwarder.chain = None
        if self._listener is not None:
            self._listener.close()
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
