"""A verb that sends more than the way to the target can take, and sees how much the tunnel keeps of it."""

from __future__ import annotations

import secrets
import selectors
import socket
import time
from collections.abc import Sequence
from typing import Annotated, ClassVar

from pydantic import Field

from harness.errors import Failed
from harness.probe import client
from harness.probe.talk import Talk
from harness.scenario.stage.stage import Stage
from harness.scenario.verbs.probes.traffic import Probe
from harness.units import Duration, SomeSize

_CHUNK = secrets.token_bytes(1 << 18)
"""Random, because what SSH's compression makes small would fill no link (RFC 4253, section 6.2)."""
_POLL = 0.1


class Fill(Probe):
    """Send to a target that reads nothing until no more is accepted, and see that it is at most ``most``.

    The way is full when nothing was taken for ``still``; after ``time`` it is left as it is. What was taken and did
    not arrive is kept on the way, by the kernels or by the tunnel. ``reads``: the target reads what arrives, for links
    that are too narrow. ``count`` connections share it; they are reset in the end, ``keep`` leaves them full until the
    scenario ends.
    """

    verb: ClassVar[str] = "fill"
    shorthand: ClassVar[str | None] = "most"

    most: SomeSize
    still: Duration = 1.0
    time: Duration = 10.0
    reads: bool = False
    count: Annotated[int, Field(ge=1, le=100)] = 1
    keep: bool = False

    def takes(self) -> float:
        """Return how long nothing must be taken."""
        return min(self.still, self.time)

    def run(self, stage: Stage) -> None:
        """Send, and count. Raises Failed."""
        way = stage.way(self.tunnel)
        connections: list[socket.socket] = []
        try:
            for _ in range(self.count):
                talk = Talk(way, "SUM" if self.reads else "SILENT", self.within)
                connections.append(talk.socket)
                talk.ask()
            taken = self._send(connections)
        finally:
            if self.keep:
                stage.full += connections
            else:
                for connection in connections:
                    client.abort(connection)
        stage.timeline.add("client", "observation", "fill", f"{taken} bytes taken")

    def _send(self, connections: Sequence[socket.socket]) -> int:
        taken = 0
        last = time.monotonic()
        until = last + self.time
        with selectors.DefaultSelector() as selector:
            for connection in connections:
                connection.setblocking(False)
                selector.register(connection, selectors.EVENT_WRITE, connection.send)
            while True:
                ready = selector.select(_POLL)
                now = time.monotonic()
                if now >= until or (not ready and now - last >= self.still):
                    return taken
                try:
                    taken += sum(key.data(_CHUNK) for key, _ in ready)
                except OSError as error:
                    raise Failed("a connection that waits for its reader", f"{taken} bytes, then {error}") from error
                if ready:
                    last = now
                if taken > self.most:
                    raise Failed(f"at most {self.most} bytes to be taken", f"{taken} bytes at least")
