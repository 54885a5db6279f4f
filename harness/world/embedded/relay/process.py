"""The relay: one process with every link of one world, run as ``python -m harness.world.embedded.relay.process``.

Configuration: ``{"links": {"to-bastion": {"listen": 20001, "leads_to": 20002}}}``, both ports on 127.0.0.1.
Half-close, back-pressure and resets are passed on in both directions. When the port that a link leads to
refuses, the relay has already accepted and closes: so a link to a node that is down must not listen.

Requests: ``fault`` (link, kind, arguments) → ``fault``, its number · ``heal`` (fault) · ``evidence``
(fault) → ``proven``, ``summary`` · ``listen`` (link, on) · ``links`` → per link ``accepted`` and ``open`` ·
``watch`` (link): forget what passed so far · ``traffic`` (link) → ``chunks``, the last 4096 as
[at, connection, towards, size] · ``reset``: heal all, reset all connections, listen everywhere, forget what was.
Events: ``opened`` and ``closed`` with ``link``, ``connection``, ``at``; ``dialled`` with ``link``, ``source``, the port
that an accepted connection came from, and ``port``, from which the relay dialled for it.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from typing import TYPE_CHECKING, Any

from harness.world.embedded.machines.control import Control, say
from harness.world.embedded.relay.flow import RelayedConnection, Side
from harness.world.embedded.relay.kinds import make

if TYPE_CHECKING:
    from harness.world.embedded.relay.faults import RelayFault
    from harness.world.fabric import Direction

_HOST = "127.0.0.1"
_CHUNKS = 4096
_BACKLOG = 512


class RelayedLink:
    """One listening port and everything that came in by it."""

    def __init__(self, name: str, listen: int, leads_to: int) -> None:
        self.name = name
        self.accepted = 0
        self.chunks: deque[tuple[float, int, Direction, int]] = deque(maxlen=_CHUNKS)
        self._listen = listen
        self._leads_to = leads_to
        self._server: asyncio.Server | None = None
        self._refusing: set[object] = set()
        self._faults: list[RelayFault] = []
        self._connections: dict[int, RelayedConnection] = {}

    @property
    def open(self) -> int:
        """How many connections there are now."""
        return len(self._connections)

    async def allow(self, reason: object) -> None:
        """Take back a :meth:`refuse` and listen when no other stands. Raises OSError."""
        self._refusing.discard(reason)
        if self._server is None and not self._refusing:
            loop = asyncio.get_running_loop()
            self._server = await loop.create_server(self._accept, _HOST, self._listen, backlog=_BACKLOG)

    def refuse(self, reason: object) -> None:
        """Stop listening, so that the kernel refuses; open connections stay."""
        self._refusing.add(reason)
        if self._server is not None:
            self._server.close()
            self._server = None

    @property
    def connections(self) -> tuple[RelayedConnection, ...]:
        """The connections that there are now."""
        return tuple(self._connections.values())

    def close_connections(self) -> None:
        """End every connection with a FIN."""
        for connection in self.connections:
            connection.close()

    def reset_connections(self) -> None:
        """End every connection with a RST."""
        for connection in self.connections:
            connection.reset()

    def forget(self, connection: RelayedConnection) -> None:
        """Take note that ``connection`` is over."""
        del self._connections[connection.number]
        self._tell("closed", connection)

    def dialled(self, source: int, port: int) -> None:
        """Say for whom a connection was made."""
        say({"event": "dialled", "link": self.name, "source": source, "port": port})

    def note(self, connection: RelayedConnection, towards: Direction, size: int) -> None:
        """Remember one chunk that came in."""
        self.chunks.append((time.monotonic(), connection.number, towards, size))

    async def install(self, fault: RelayFault) -> None:
        """Put ``fault`` in force on the link. Raises OSError."""
        self._faults.append(fault)
        for connection in self._connections.values():
            for flow in connection.flows:
                flow.add(fault)
        await fault.install(self)

    async def heal(self, fault: RelayFault) -> None:
        """Undo one fault; a second call does nothing. Raises OSError."""
        if fault not in self._faults:
            return
        self._faults.remove(fault)
        await fault.heal(self)
        for connection in list(self._connections.values()):
            for flow in connection.flows:
                flow.remove(fault)
            self._dial(connection)

    async def reset(self) -> None:
        """Heal everything, end every connection, listen, and forget what was. Raises OSError."""
        self.reset_connections()
        for fault in list(self._faults):
            await self.heal(fault)
        self._refusing.clear()
        await self.allow(None)
        self.accepted = 0
        self.chunks.clear()

    def _accept(self) -> Side:
        self.accepted += 1
        connection = RelayedConnection(self, self.accepted)
        self._connections[connection.number] = connection
        for fault in self._faults:
            for flow in connection.flows:
                flow.add(fault)
        self._tell("opened", connection)
        self._dial(connection)
        return connection.near

    def _dial(self, connection: RelayedConnection) -> None:
        if not any(fault.holds_new for fault in self._faults):
            connection.dial(_HOST, self._leads_to)

    def _tell(self, event: str, connection: RelayedConnection) -> None:
        say({"event": event, "link": self.name, "connection": connection.number, "at": time.monotonic()})


class Relay:
    """All links of one world: carries out the requests of the harness."""

    def __init__(self, configuration: dict[str, Any]) -> None:
        self._links = {name: RelayedLink(name, **ports) for name, ports in configuration["links"].items()}
        self._faults: list[tuple[RelayedLink, RelayFault]] = []

    async def start(self) -> None:
        """Listen on every link. Raises OSError."""
        for link in self._links.values():
            await link.allow(None)

    def stop(self) -> None:
        """Stop listening."""
        for link in self._links.values():
            link.refuse("stopped")

    async def obey(self, request: dict[str, Any]) -> dict[str, Any]:
        """Carry out one request. Raises ValueError, KeyError or OSError."""
        match request:
            case {"do": "fault", "link": str(name), "kind": str(kind), "arguments": dict(arguments)}:
                fault = make(kind, arguments)
                await self._links[name].install(fault)
                self._faults.append((self._links[name], fault))
                return {"fault": len(self._faults) - 1}
            case {"do": "heal", "fault": int(number)}:
                link, fault = self._faults[number]
                await link.heal(fault)
            case {"do": "listen", "link": str(name), "on": True}:
                await self._links[name].allow("node down")
            case {"do": "listen", "link": str(name), "on": False}:
                self._links[name].refuse("node down")
            case {"do": "watch", "link": str(name)}:
                self._links[name].chunks.clear()
            case {"do": "reset"}:
                for link in self._links.values():
                    await link.reset()
                self._faults.clear()
            case _:
                return self._look(request)
        return {}

    def _look(self, request: dict[str, Any]) -> dict[str, Any]:
        match request:
            case {"do": "evidence", "fault": int(number)}:
                proven, summary = self._faults[number][1].evidence()
                return {"proven": proven, "summary": summary}
            case {"do": "links"}:
                links = self._links.items()
                return {name: {"accepted": link.accepted, "open": link.open} for name, link in links}
            case {"do": "traffic", "link": str(name)}:
                return {"chunks": list(self._links[name].chunks)}
            case _:
                raise ValueError(f"not a request to the relay: {request}")


async def _main() -> None:
    control = await Control.connect()
    relay = Relay(await control.configuration())
    await relay.start()
    say({"ready": {}})
    await control.serve(relay.obey)
    relay.stop()


if __name__ == "__main__":
    asyncio.run(_main())
