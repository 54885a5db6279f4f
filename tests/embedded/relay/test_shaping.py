"""What the relay's shapers do to the bytes, without sockets."""

from __future__ import annotations

import asyncio

from harness.world.embedded.relay.shaping import DelayShaper, Item


def test_what_is_drained_does_not_count_as_delayed() -> None:
    """A connection that ends drops what is on its way, which is no evidence against the delay."""
    handed_on: list[Item] = []
    late: list[float] = []

    async def drained() -> None:
        shaper = DelayShaper(handed_on.append, 60, late.append)
        shaper.push(b"on its way")
        shaper.drain()

    asyncio.run(drained())
    assert (handed_on, late) == ([b"on its way"], [])
