"""Where the channels of an embedded bastion lead, and where nobody answers for a while."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import asyncssh

from harness.world.embedded.bastion.forward import TargetSide
from harness.world.embedded.machines.control import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_HOST = "127.0.0.1"
_NO_ANSWER = 0.2
"""Seconds after which a connection to loopback was plainly not answered; one that is takes a few milliseconds."""


class Routes:
    """What a bastion resolves, and what listens there.

    ``hosts`` are names, with the ports that do not refuse and the loopback port behind each; ``sockets`` are paths
    of Unix domain sockets, with the loopback port behind each.
    """

    def __init__(self, hosts: Mapping[str, Mapping[str, int]], sockets: Mapping[str, int]) -> None:
        self._hosts = hosts
        self._sockets = sockets
        self._silent: dict[int, asyncio.Event] = {}
        self._held: dict[int, int] = {}

    async def connect(self, host: str, port: int) -> TargetSide:
        """Connect to ``host`` and ``port``. Raises ChannelOpenError, the reason as sshd has it."""
        if host not in self._hosts:
            raise asyncssh.ChannelOpenError(asyncssh.OPEN_CONNECT_FAILED, "Name or service not known")
        return await self._reach(self._hosts[host].get(str(port)))

    async def connect_socket(self, path: str) -> TargetSide:
        """Connect to the Unix domain socket ``path``. Raises ChannelOpenError."""
        return await self._reach(self._sockets.get(path))

    async def silence(self, ports: Iterable[int]) -> None:
        """Let nobody answer behind these loopback ports, and somebody behind all others."""
        silent = set(ports)
        for port in set(self._silent) - silent:
            self._silent.pop(port).set()
        for port in silent - set(self._silent):
            self._silent[port] = asyncio.Event()
            self._held[port] = 0

    def held(self, port: int) -> int:
        """Return how many opens met the silence behind ``port``, the last time that it was silent."""
        return self._held.get(port, 0)

    async def gets_no_answer(self, port: int) -> bool:
        """Return whether a connection of the bastion's own stays without an answer; it does not count as held."""
        held = self.held(port)
        answered = await self._answers(port)
        self._held[port] = held
        return not answered

    async def _reach(self, through: int | None) -> TargetSide:
        try:
            if through is None:
                raise ConnectionRefusedError
            return await self._dial(through)
        except OSError as error:
            raise asyncssh.ChannelOpenError(asyncssh.OPEN_CONNECT_FAILED, "Connection refused") from error

    async def _dial(self, port: int) -> TargetSide:
        """Connect, as soon as somebody answers: TCP would send its SYN again and again."""
        if port in self._silent:
            self._held[port] += 1
            while (answers := self._silent.get(port)) is not None:
                await answers.wait()
        transport, target = await asyncio.get_running_loop().create_connection(TargetSide, _HOST, port)
        say({"event": "dialled", "port": transport.get_extra_info("sockname")[1]})
        return target

    async def _answers(self, port: int) -> bool:
        try:
            async with asyncio.timeout(_NO_ANSWER):
                target = await self._dial(port)
        except TimeoutError:
            return False
        except OSError:
            return True
        target.transport.abort()
        return True
