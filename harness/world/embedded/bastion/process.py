"""An embedded bastion: an SSH server process, run as ``python -m harness.world.embedded.bastion.process``.

Configuration: ``{"port": 20002, "hosts": {"target.internal": {"7000": 20003}}, "sockets": {"/run/target.sock": 20003},
"setup": {...}}``: the port to listen on (127.0.0.1), the only names that this bastion resolves, with the ports that do
not refuse and the loopback port behind each, the only sockets that it has, and a setup: ``user``, ``password``,
``authorized_keys``, ``host_keys`` (private), ``methods``, ``policy``, ``dialogue``, ``totp``, ``anyone``,
``keepalives``, ``banner``, ``delays``, ``password_expired``, ``compression``, as in
:class:`harness.world.fabric.BastionSetup`; ``host_certificates``: none, or one for each host key; ``memory``: the
codes and attempts that a bastion before this one remembered; and ``silent``: the loopback ports behind which nobody
answers.

Requests: ``setup`` (setup): end every session and serve the next with this setup · ``host-keys`` (host_keys,
host_certificates): show these to new connections, sessions go on · ``authorize`` (authorized_keys): take these keys
from now on, sessions go on · ``listen`` (on): accept connections, or let the kernel refuse them · ``end-sessions``:
close every connection as a killed process does · ``silence`` (ports): let nobody answer behind these loopback ports.
Looks, which tell what those requests came to: ``shown`` → ``public``, the host keys that new connections see ·
``authorized`` → ``keys`` · ``connections`` → ``peers``, the port that each came from, and ``listens`` · ``dial``
(port) → ``unanswered``, whether a connection of the bastion's own was not · ``sessions`` → ``count``, the
authenticated connections · ``held`` (port) → ``channels``, how many opens met the silence behind it.
Events: those of :class:`harness.world.fabric.ServerEvent`, as ``event``, ``at``, ``detail``; ``dialled`` with
``port``, the one from which the bastion connected to where a channel leads; and ``memory``, whose ``detail`` is what to
give to the bastion that follows this one.

As in sshd: a name that does not resolve and a port that refuses are SSH_OPEN_CONNECT_FAILED, what the policy forbids
is SSH_OPEN_ADMINISTRATIVELY_PROHIBITED.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import asyncssh

from harness.world.embedded.bastion.door import Door, Keys
from harness.world.embedded.bastion.login import LoginSession
from harness.world.embedded.bastion.options import options, with_certificates
from harness.world.embedded.bastion.owner import Owner, tell
from harness.world.embedded.bastion.routes import Routes
from harness.world.embedded.bastion.startups import Startups, TurnedAway
from harness.world.embedded.bastion.totp import Memory, SecondFactor
from harness.world.embedded.machines.control import Control, say

if TYPE_CHECKING:
    from collections.abc import Mapping

_HOST = "127.0.0.1"
_BACKLOG = 128
_ENDING = 2.0


class BastionServer:
    """The server: its door, its host keys, its sessions."""

    def __init__(self, configuration: Mapping[str, Any]) -> None:
        self._port = configuration["port"]
        self._routes = Routes(configuration["hosts"], configuration["sockets"])
        self._setup: Mapping[str, Any] = configuration["setup"]
        self._door: Door
        self._options: asyncssh.SSHServerConnectionOptions
        self._public: list[str]
        self._factor = _factor(self._setup)
        self._server: asyncio.Server | None = None
        self._sessions: set[LoginSession] = set()
        self._startups = Startups()

    async def start(self) -> None:
        """Listen. Raises OSError, or ValueError for a setup that cannot be served."""
        await self._furnish(self._setup)
        await self._routes.silence(self._setup["silent"])
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

    async def obey(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Carry out one request. Raises ValueError when it cannot be."""
        match request:
            case {"do": "setup", "setup": dict(setup)}:
                await self._end_sessions()
                await self._routes.silence(setup["silent"])
                self._factor = _factor(setup)
                if setup != self._setup:
                    await self._furnish(setup)
                await self.listen()
            case {"do": "host-keys", "host_keys": list(keys), "host_certificates": list(certificates)}:
                await self._furnish({**self._setup, "host_keys": keys, "host_certificates": certificates})
            case {"do": "authorize", "authorized_keys": list(lines)}:
                self._authorize(lines)
            case {"do": "listen", "on": True}:
                await self.listen()
            case {"do": "listen", "on": False}:
                self.refuse()
            case {"do": "end-sessions"}:
                await self._end_sessions()
            case {"do": "silence", "ports": list(ports)}:
                await self._routes.silence(ports)
            case {"do": "dial", "port": int(port)}:
                return {"unanswered": await self._routes.gets_no_answer(port)}
            case _:
                return self._look(request)
        return {}

    def _look(self, request: Mapping[str, Any]) -> dict[str, Any]:
        match request:
            case {"do": "sessions"}:
                return {"count": sum(session.authenticated for session in self._sessions)}
            case {"do": "shown"}:
                return {"public": self._public}
            case {"do": "authorized"}:
                return {"keys": self._door.keys.document()}
            case {"do": "connections"}:
                peers = [session.get_extra_info("peername")[1] for session in self._sessions]
                return {"peers": peers, "listens": self._server is not None}
            case {"do": "held", "port": int(port)}:
                return {"channels": self._routes.held(port)}
            case _:
                raise ValueError(f"not a request to a bastion: {request.get('do')}")

    def _accept(self) -> asyncio.Protocol:
        if not self._startups.are_fewer_than(self._door.policy.startups):
            tell("log", text="drop connection past MaxStartups")
            return TurnedAway()
        session = LoginSession(asyncio.get_running_loop(), self._options, self._door, self._factor, self._tell)
        self._startups.add(session)
        return session

    def _tell(self, event: str, **detail: str) -> None:
        tell(event, **detail)
        if event == "answer":
            say({"event": "memory", "detail": self._factor.memory.document()})

    async def _end_sessions(self) -> None:
        """Close every connection without SSH_MSG_DISCONNECT."""
        ending = list(self._sessions)
        for session in ending:
            session.abort()
        async with asyncio.timeout(_ENDING):
            await asyncio.gather(*(session.wait_closed() for session in ending))

    async def _furnish(self, setup: Mapping[str, Any]) -> None:
        """Serve new connections with ``setup``."""
        door = Door.read(setup)
        host_keys = [asyncssh.import_private_key(key) for key in setup["host_keys"]]
        shown = with_certificates(host_keys, setup["host_certificates"])
        self._options = await options(door, shown, lambda: Owner(self._sessions, self._routes))
        self._door, self._setup = door, setup
        self._public = [" ".join(key.export_public_key().decode().split()[:2]) for key in host_keys]

    def _authorize(self, lines: list[str]) -> None:
        """Take other keys, also from those who are about to log in."""
        keys = Keys.read(lines)
        self._setup = {**self._setup, "authorized_keys": lines}
        self._door = replace(self._door, keys=keys)
        for session in self._sessions:
            session.door = replace(session.door, keys=keys)


def _factor(setup: Mapping[str, Any]) -> SecondFactor:
    return SecondFactor(setup["totp"], Memory.read(setup["memory"]))


async def _main() -> None:
    control = await Control.connect()
    bastion = BastionServer(await control.configuration())
    await bastion.start()
    say({"ready": {}})
    await control.serve(bastion.obey)
    bastion.refuse()


if __name__ == "__main__":
    asyncio.run(_main())
