"""Traffic of the relay's own that meets a fault, so that a tunnel which sends nothing does not leave it unproven."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from harness.world.embedded.relay.canary import Canary

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from harness.world.embedded.relay.faults import RelayFault
    from harness.world.embedded.relay.flow import Flow

Outcome = tuple[bool, str]
"""Whether the fault took effect on this traffic, and what was measured, as one clause."""


class Trial:
    """Runs ``measure`` on a connection of its own while the fault is in force; until it is done nothing is proven."""

    def __init__(self, measure: Callable[[Canary], Awaitable[Outcome]]) -> None:
        self.outcome: Outcome = (False, "nothing of the relay's own passed yet")
        self._measure = measure
        self._canary = Canary()
        self._task: asyncio.Task[None] | None = None

    def owns(self, flow: Flow) -> bool:
        """Tell whether ``flow`` is of the connection on which is measured."""
        return flow.connection is self._canary.connection

    async def start(self, fault: RelayFault) -> None:
        """Let the connection meet ``fault``, and begin to measure. Raises OSError."""
        await self._canary.open()
        self._canary.meet(fault)
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def end(self) -> None:
        """Measure no more; the outcome stays as it is."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})
        self._canary.drop()

    async def _run(self) -> None:
        with suppress(OSError):
            self.outcome = await self._measure(self._canary)
