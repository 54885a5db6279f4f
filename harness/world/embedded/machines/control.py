"""The side of a node process: JSON lines on standard input, replies and events on standard output.

The first line in is the node's configuration, the first line out ``{"ready": {...}}``. Each further line in
is a request, answered with its ``id``: ``{"id": 1, "ok": {...}}`` or ``{"id": 1, "error": "..."}``. Lines out
that carry ``event`` come unasked. End of file on standard input ends the node, so none outlives its world.
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

_LONGEST_LINE = 1 << 22


def say(message: dict[str, Any]) -> None:
    """Write one line to the harness."""
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


class Control:
    """Reads what the harness asks of this node."""

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self._reader = reader

    @classmethod
    async def connect(cls) -> Control:
        """Read standard input, which must be a pipe."""
        reader = asyncio.StreamReader(limit=_LONGEST_LINE)
        protocol = asyncio.StreamReaderProtocol(reader)
        await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, sys.stdin)
        return cls(reader)

    async def configuration(self) -> dict[str, Any]:
        """Return the first line, a JSON object. Raises ValueError when it is not JSON."""
        document: dict[str, Any] = json.loads(await self._reader.readline())
        return document

    async def serve(self, obey: Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]) -> None:
        """Answer requests, one after the other, until standard input ends."""
        while line := await self._reader.readline():
            request = json.loads(line)
            try:
                say({"id": request["id"], "ok": await obey(request)})
            except (ValueError, KeyError, OSError) as error:
                say({"id": request["id"], "error": f"{type(error).__name__}: {error}"})
