"""The relay of the embedded fabric with one more request, ``numb`` (on): whether its sockets can be reset no more."""

from __future__ import annotations

import asyncio
from typing import Any

from harness.world.embedded import relay
from harness.world.embedded.flow import Side

RESET = Side.reset


class Relay(relay.Relay):
    """Obeys the harness, and the test."""

    async def obey(self, request: dict[str, Any]) -> dict[str, Any]:
        """Carry out one request."""
        match request:
            case {"do": "numb", "on": bool(on)}:
                Side.reset = (lambda _: None) if on else RESET
                return {}
            case _:
                return await super().obey(request)


if __name__ == "__main__":
    relay.Relay = Relay
    asyncio.run(relay._main())
