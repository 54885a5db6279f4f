"""The timeline: all that happened in one scenario, on one clock.

The clock is ``time.monotonic()``, which all processes of one machine share; entries that come from another
clock (a container's log) are converted where they enter.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Literal

from harness.model import Model

Lane = Literal["harness", "client", "link", "bastion", "target"]
Kind = Literal["step", "fault", "evidence", "claim", "question", "observation", "log", "connection", "keepalive"]


class Entry(Model):
    """One thing that happened; ``at`` is in seconds since the scenario began."""

    at: float
    lane: Lane
    kind: Kind
    source: str
    text: str


class Timeline:
    """Collects entries from any thread; every text passes through ``redact`` before it is kept."""

    def __init__(self, redact: Callable[[str], str] = str) -> None:
        self.began = time.monotonic()
        self._redact = redact
        self._entries: list[Entry] = []
        self._lock = threading.Lock()

    def add(self, lane: Lane, kind: Kind, source: str, text: str, *, at: float | None = None) -> bool:
        """Record ``text``; ``at`` is a ``time.monotonic()`` reading, now when left out.

        Return whether there was something in it that had to be redacted.
        """
        moment = (time.monotonic() if at is None else at) - self.began
        kept = self._redact(text)
        with self._lock:
            self._entries.append(Entry(at=round(moment, 4), lane=lane, kind=kind, source=source, text=kept))
        return kept != text

    def entries(self) -> tuple[Entry, ...]:
        """Return what was recorded so far, oldest first."""
        with self._lock:
            return tuple(sorted(self._entries, key=lambda entry: entry.at))
