"""A verb that sends more than the way to the target can take, and sees how much the tunnel keeps of it."""

from __future__ import annotations

import socket
import time
from typing import ClassVar

from harness.errors import Failed
from harness.probe import client
from harness.scenario.stage import Stage
from harness.scenario.verbs.traffic import Probe
from harness.units import Duration, Size

_CHUNK = bytes(1 << 18)
_POLL = 0.1


class Fill(Probe):
    """Send as much as is taken for ``time``, to a target that reads nothing, and see that it is at most ``most``.

    What was taken and did not arrive is kept on the way, by the kernels or by the tunnel. ``reads``: the target reads
    what arrives, for links that are too narrow. The connection is then reset.
    """

    verb: ClassVar[str] = "fill"
    shorthand: ClassVar[str | None] = "most"

    most: Size
    time: Duration = 2.0
    reads: bool = False

    def takes(self) -> float:
        """Return the time."""
        return self.time

    def run(self, stage: Stage) -> None:
        """Send, and count. Raises Failed."""
        connection = client.dial(stage.tunnel(self.tunnel).address, self.within)
        try:
            connection.sendall(b"SUM\n" if self.reads else b"SILENT\n")
            taken = self._send(connection)
        finally:
            client.abort(connection)
        stage.timeline.add("client", "observation", "fill", f"{taken} bytes taken")

    def _send(self, connection: socket.socket) -> int:
        taken = 0
        connection.settimeout(_POLL)
        until = time.monotonic() + self.time
        while time.monotonic() < until:
            try:
                taken += connection.send(_CHUNK)
            except TimeoutError:
                continue
            except OSError as error:
                raise Failed("a connection that waits for its reader", f"{taken} bytes, then {error}") from error
            if taken > self.most:
                raise Failed(f"at most {self.most} bytes to be taken within {self.time:g} s", f"{taken} bytes at least")
        return taken
