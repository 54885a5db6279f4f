"""The relay of the embedded fabric with one more request, ``numb`` (on): whether faults grip nothing, resets too."""

from __future__ import annotations

import asyncio
from typing import Any

from harness.world.embedded.relay import process
from harness.world.embedded.relay.flow import Flow, Side

RESET, ADD = Side.reset, Flow.add


class Relay(process.Relay):
    """Obeys the harness, and the test."""

    async def obey(self, request: dict[str, Any]) -> dict[str, Any]:
        """Carry out one request."""
        match request:
            case {"do": "numb", "on": bool(on)}:
                Side.reset = (lambda _: None) if on else RESET
                Flow.add = (lambda _flow, _fault: None) if on else ADD
                return {}
            case _:
                return await super().obey(request)


if __name__ == "__main__":
    process.Relay = Relay
    asyncio.run(process._main())
