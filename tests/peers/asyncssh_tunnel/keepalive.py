"""Keep-alives: whatever comes from the server is a sign of life, whatever goes to it is none."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

import asyncssh


async def keep_alive(conn: Any, interval: float, count: int) -> None:
    """Ask after ``interval`` seconds of silence; return when ``count`` questions in a row got no answer.

    asyncssh's own count is not reset by UNIMPLEMENTED (RFC 4253 section 11.4), which is an answer too.
    """
    loop = asyncio.get_running_loop()
    heard = _listen(conn)
    asked_at, unanswered = 0.0, 0
    pending: set[asyncio.Task[None]] = set()
    try:
        while True:
            if heard[0] > asked_at:
                unanswered = 0
            due = max(heard[0], asked_at) + interval
            if loop.time() < due:
                await asyncio.sleep(due - loop.time())
                continue
            if unanswered == count:
                return
            pending.add(task := asyncio.create_task(_ask(conn)))
            task.add_done_callback(pending.discard)
            asked_at, unanswered = loop.time(), unanswered + 1
    finally:
        for task in pending:
            task.cancel()


async def _ask(conn: Any) -> None:
    with suppress(asyncssh.Error, OSError):
        await conn._make_global_request(b"keepalive@openssh.com")


def _listen(conn: Any) -> list[float]:
    """Return a list whose only item is when something last came from the server."""
    loop = asyncio.get_running_loop()
    heard = [loop.time()]
    receive = conn.data_received

    def noting(data: bytes, datatype: Any = None) -> None:
        heard[0] = loop.time()
        receive(data, datatype)

    conn.data_received = noting
    return heard
