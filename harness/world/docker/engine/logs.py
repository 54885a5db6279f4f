"""Follows a container's log from its start, on the clock of the timeline."""

from __future__ import annotations

import re
import secrets
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any

import docker.errors
import requests

from harness.errors import FabricBroken
from harness.world.docker.engine.clocks import clocks
from harness.world.docker.engine.obeying import obeying

_FRACTION = re.compile(r"(\.\d{6})\d*")  # the engine gives nanoseconds, datetime keeps microseconds
_TIMEOUT = 10.0


def monotonic(stamp: str) -> float:
    """Convert the engine's wall clock (RFC 3339, UTC) to ``time.monotonic()``. Raises ValueError."""
    then = datetime.fromisoformat(_FRACTION.sub(r"\1", stamp))
    now, wall = clocks()
    return now - (wall - then.timestamp())


class LogFeed:
    """Calls ``take(at, text)`` for each line, in order, from its own thread; :meth:`sync` waits until all are in."""

    def __init__(self, client: Any, container: str, take: Callable[[float, str], None]) -> None:  # noqa: ANN401 -- the docker SDK has no types
        self._name = container[:12]
        self._take = take
        self._marks: dict[str, threading.Event] = {}
        with obeying(f"following the log of {self._name}"):
            self._stream = client.api.logs(container, stream=True, follow=True, timestamps=True)
        self._thread = threading.Thread(target=self._read, name=f"log of {self._name}", daemon=True)
        self._thread.start()

    def sync(self, say: Callable[[str], None]) -> None:
        """Return when every line written so far was taken. ``say`` writes a line into the log.

        Raises FabricBroken when the log does not show it within ten seconds.
        """
        mark = f"tunspec-mark-{secrets.token_hex(8)}"
        seen = self._marks[mark] = threading.Event()
        try:
            say(mark)
            if not seen.wait(_TIMEOUT):
                raise FabricBroken(f"the log of {self._name} has stopped")
        finally:
            del self._marks[mark]

    def close(self) -> None:
        """Stop following; a second call does nothing."""
        with suppress(OSError, AttributeError, docker.errors.DockerException):
            self._stream.close()
        self._thread.join(_TIMEOUT)

    def _read(self) -> None:
        unfinished = b""
        with suppress(OSError, ValueError, requests.RequestException):
            for chunk in self._stream:
                *whole, unfinished = (unfinished + chunk).split(b"\n")
                for line in whole:
                    self._line(line.decode(errors="replace"))

    def _line(self, line: str) -> None:
        stamp, _, text = line.partition(" ")
        text = text.rstrip("\r")
        if text in self._marks:
            self._marks[text].set()
        elif not text.startswith("tunspec-mark-"):
            self._take(monotonic(stamp), text)
