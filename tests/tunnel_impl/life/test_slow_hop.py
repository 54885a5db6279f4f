"""A jump host that takes its time to reach the next hop."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from tunnel_impl import Parts, Tunnel
from tunnel_impl.ssh.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable

    from tunnel_impl.ssh.channel import Channel

    from ..world import World


class Restless(Session):
    """Tells its channels of new capacity as they are opened."""

    def open_direct(self, host: str, port: int, origin_port: int, on_change: Callable[[], None]) -> Channel:
        channel = super().open_direct(host, port, origin_port, on_change)
        channel.on_capacity()
        return channel


def test_other_news_of_a_channel_do_not_end_the_wait(world: World) -> None:
    """A channel that hears of capacity before it is open is still waited for."""
    first, last = world.site(), world.site()
    key, file = world.key()
    first.authorize(key)

    async def in_a_moment(conn: Any, host: str, port: int) -> Any:
        await asyncio.sleep(0.2)
        return await conn.forward_connection(host, port)

    first.before_forwarding = in_a_moment

    class Restive(Tunnel):
        parts = Parts(session=Restless)

    jump = {"host": "127.0.0.1", "port": first.port, "user": "me", "auth": {"method": "key", "file": str(file)}}
    tunnel = world.tunnel(world.profile(last, 1, jumps=[jump]), Restive)
    tunnel.open()
    assert tunnel.status().state == "connected"
